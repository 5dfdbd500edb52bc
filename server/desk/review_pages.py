"""What could not be counted as it came: held, in conflict, or unreadable, each with its reason."""

from flask import render_template

from server.desk.blueprint import desk
from sync.queries import conflicting_mutations, newest_rejections, waiting_for_review

LONGEST_LIST = 200
MOST_SHOWN = 2000


@desk.get("/te-bekijken")
def review() -> str:
    return render_template(
        "review.html",
        most_shown=MOST_SHOWN,
        held=waiting_for_review(LONGEST_LIST),
        conflicts=conflicting_mutations(LONGEST_LIST),
        rejections=newest_rejections(LONGEST_LIST, MOST_SHOWN),
    )
