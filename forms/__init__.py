"""What is asked: XLSForm in, XForm out, a definition as plain data, roles, typed answers, and the library of forms."""
