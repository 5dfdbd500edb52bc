"""What an import of areas changes, in sentences: the same on the page, in the terminal and in the log."""

from flask_babel import format_decimal

from core.problems import N_
from maps.area_plan import AreaChange, AreaPlan
from server.desk.words import _, kind, number

FIGURES = {
    "inhabitants": N_("inwoners"),
    "households": N_("huishoudens"),
    "age_0_14": N_("0 tot 15 jaar"),
    "age_15_24": N_("15 tot 25 jaar"),
    "age_25_44": N_("25 tot 45 jaar"),
    "age_45_64": N_("45 tot 65 jaar"),
    "age_65_plus": N_("65 jaar en ouder"),
}


def summary(plan: AreaPlan) -> list[str]:
    """What changes, one sentence for each sort of change."""
    figures = [change for change in plan.changes if not change.is_new and (change.has_new_figures or change.figures)]
    others = [change for change in plan.changes if not change.is_new and (change.old_name or change.parent_code)]
    counts = [
        (_("Nieuwe gebieden: %(count)s.", count=len(plan.new)), len(plan.new)),
        (_("Andere grens: %(count)s.", count=len(plan.redrawn)), len(plan.redrawn)),
        (_("Nieuwe of andere cijfers: %(count)s.", count=len(figures)), len(figures)),
        (_("Andere naam of indeling: %(count)s.", count=len(others)), len(others)),
    ]
    sentences = [sentence for sentence, count in counts if count]
    return sentences or [_("Niets veranderd.")]


def remarks(plan: AreaPlan) -> list[str]:
    """What else there is to say: what stays as it is, and what is left out."""
    counts = [
        (_("Ongewijzigd: %(count)s.", count=plan.unchanged), plan.unchanged),
        (_("Water, overgeslagen: %(count)s.", count=plan.water), plan.water),
        (_("Niet meer in het bestand: %(count)s. Ze blijven zoals ze zijn.", count=len(plan.gone)), len(plan.gone)),
        (_("Eerder beëindigd, overgeslagen: %(count)s.", count=len(plan.ended)), len(plan.ended)),
    ]
    return [sentence for sentence, count in counts if count]


def sums(plan: AreaPlan) -> list[str]:
    """How many areas, inhabitants and households the file has, by kind."""
    return [
        _(
            "%(kind)s: %(count)s, inwoners %(inhabitants)s, huishoudens %(households)s.",
            kind=kind(kind_).capitalize(),
            count=number(count),
            inhabitants=number(inhabitants),
            households=number(households),
        )
        for kind_, count, inhabitants, households in plan.sums()
    ]


def change_in_words(change: AreaChange) -> str:
    """ "BU01185000 Centrum: grens 3,2 hectare anders; inwoners 1.400 → 1.450"."""
    record = change.record
    return f"{' '.join(filter(None, (record.code, record.name)))}: {'; '.join(parts_of(change))}"


def parts_of(change: AreaChange) -> list[str]:
    """What changes about one area, part by part."""
    if change.is_new:
        return [_("nieuw gebied, %(hectares)s hectare", hectares=_hectares(change.moved_ha or 0))]
    parts = []
    if change.old_name:
        parts.append(_("heette %(name)s", name=change.old_name))
    if change.moved_ha is not None:
        parts.append(_("grens %(hectares)s hectare anders", hectares=_hectares(change.moved_ha)))
    if change.has_new_figures:
        parts.append(_("nieuwe cijfers"))
    parts += [f"{_(FIGURES[one.name])} {number(one.before)} → {number(one.after)}" for one in change.figures]
    if change.parent_code:
        parts.append(_("valt onder %(code)s", code=change.parent_code))
    return parts


def _hectares(value: float) -> str:
    return str(format_decimal(max(round(value, 1), 0.1)))
