"""XPath 1.0 as ODK XForms extends it (https://getodk.github.io/xforms-spec/), evaluated on plain trees. Pure."""
