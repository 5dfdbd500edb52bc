"""What somebody has to look at: to choose about, not counted yet, waiting, or unreadable, each with its reason."""

from flask import render_template

from server.additions.queries import count_proposed
from server.desk.blueprint import desk
from server.desk.review_list import held_items, open_choices, visit_items, waiting_items
from sync.queries import newest_rejections, review_counts
from sync.question_queries import question_counts

LONGEST_LIST = 200
MOST_SHOWN = 2000


@desk.get("/te-bekijken")
def review() -> str:
    return render_template(
        "review.html",
        counts=review_counts(),
        question_counts=question_counts(),
        new_addresses=count_proposed(),
        longest=LONGEST_LIST,
        most_shown=MOST_SHOWN,
        clashing=open_choices(LONGEST_LIST),
        held=held_items(LONGEST_LIST),
        waiting=waiting_items(LONGEST_LIST),
        visits=visit_items(LONGEST_LIST),
        rejections=newest_rejections(LONGEST_LIST, MOST_SHOWN),
    )
