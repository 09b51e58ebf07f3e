"""Records for tests. Each function fills in only what is required; tests give what matters to them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group

from panel.models import (
    AgendaItem,
    AgreedCost,
    CaseDocument,
    Confirmation,
    ConflictOfInterest,
    Consultation,
    ExpectedPlacement,
    Member,
    PanelCase,
    PanelDecision,
    PanelMeeting,
    RequestDraft,
    RequestedCost,
)
from placements.models import (
    Assessment,
    BillingTerm,
    Budget,
    Child,
    ClosedMonth,
    CostLine,
    FindingNote,
    Forecast,
    LedgerMapping,
    LedgerPosting,
    LedgerUpload,
    Placement,
    Plan,
    ReopenedMonth,
    SupplierMatch,
)
from provision.models import CommissioningChange, School, SchoolPlaces, Sector
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    KpiNote,
    Milestone,
    Risk,
    Workstream,
)

NOON = datetime(2019, 4, 1, 12, tzinfo=UTC)
_numbers = count(1)


def new_key(prefix: str) -> str:
    """A key that no other record of the test run has: "plan-7"."""
    return f"{prefix}-{next(_numbers)}"


def make_user(*roles: Role, **given: Any) -> User:
    """An account with the roles, and without a password unless one is given."""
    user = User.objects.create_user(given.pop("username", None) or new_key("user"), **given)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def make_school(**given: Any) -> School:
    """An independent special school, so that its placements are INMSS, unless another ``sector`` is given."""
    key = new_key("school")
    fields = {"school_id": key, "name": f"School {key}", "sector": Sector.INDEPENDENT_SPECIAL}
    return School.objects.create(**fields | given)


def make_child(**given: Any) -> Child:
    return Child.objects.create(**{"child_id": new_key("child"), "date_of_birth": date(2005, 6, 1)} | given)


def make_assessment(**given: Any) -> Assessment:
    """A request for a new child, still undecided."""
    given["child"] = given.get("child") or make_child()
    fields = {"assessment_id": new_key("assessment"), "requested_on": date(2018, 1, 8)}
    return Assessment.objects.create(**fields | given)


def make_plan(**given: Any) -> Plan:
    """A plan for a new child, in force since 2010, for ASD."""
    given["child"] = given.get("child") or make_child()
    fields = {"plan_id": new_key("plan"), "issued_on": date(2010, 1, 1), "primary_need": "ASD"}
    return Plan.objects.create(**fields | given)


def make_placement(**given: Any) -> Placement:
    """A day placement under a new plan at a new INMSS school, from 1 April 2018 without an end."""
    given["plan"] = given.get("plan") or make_plan()
    given["school"] = given.get("school") or make_school()
    fields = {"placement_id": new_key("placement"), "attendance": "DAY", "starts_on": date(2018, 4, 1)}
    return Placement.objects.create(**fields | given)


def make_cost_line(**given: Any) -> CostLine:
    """A core fee of £36,500 a year, for as long as its placement, which is new unless given."""
    placement = given["placement"] = given.get("placement") or make_placement()
    fields = {"kind": "CORE", "annual_amount": Decimal(36_500), "starts_on": placement.starts_on}
    return CostLine.objects.create(**fields | given)


def make_billing_term(**given: Any) -> BillingTerm:
    """A fourth term, from June, in addition to those that every store begins with."""
    return BillingTerm.objects.create(**{"name": "Late summer", "first_month": 6} | given)


def make_budget(**given: Any) -> Budget:
    fields = {"financial_year": "2018-19", "line": "1.2.3", "amount": Decimal(100)}
    return Budget.objects.create(**fields | given)


def make_forecast(**given: Any) -> Forecast:
    fields = {
        "financial_year": "2018-19",
        "line": "1.2.3",
        "made_on": date(2018, 4, 30),
        "amount": Decimal(100),
    }
    return Forecast.objects.create(**fields | given)


def make_posting(**given: Any) -> LedgerPosting:
    fields = {
        "month": date(2018, 4, 1),
        "line": "1.2.3",
        "reference": new_key("posting"),
        "amount": Decimal(100),
    }
    return LedgerPosting.objects.create(**fields | given)


LEDGER_COLUMNS = {"date": ["Date"], "amount": ["Amount"], "supplier": ["Supplier"], "reference": ["Number"]}


def make_mapping(**given: Any) -> LedgerMapping:
    """The mapping for a finance system's files with four columns."""
    given["changed_by"] = given.get("changed_by") or make_user()
    fields = {"source": new_key("source"), "line": "1.2.3", "columns": LEDGER_COLUMNS, "changed_at": NOON}
    return LedgerMapping.objects.create(**fields | given)


def make_match(**given: Any) -> SupplierMatch:
    """A person's match of a finance system's supplier with a school."""
    given["school"] = given.get("school") or make_school()
    given["matched_by"] = given.get("matched_by") or make_user()
    fields = {"source": "oracle", "supplier": new_key("supplier"), "matched_at": NOON}
    return SupplierMatch.objects.create(**fields | given)


def make_upload(**given: Any) -> LedgerUpload:
    """An uploaded file of one posting, whose columns are chosen."""
    given["uploaded_by"] = given.get("uploaded_by") or make_user()
    fields = {
        "names": ["april.csv"],
        "kept_as": new_key("upload"),
        "uploaded_at": NOON,
        "mapping": {"source": "oracle", "line": "1.2.3", "columns": LEDGER_COLUMNS, "rows": {}},
    }
    upload = LedgerUpload.objects.create(**fields | given)
    folder = Path(settings.UPLOADS_DIR) / upload.kept_as
    folder.mkdir(parents=True)
    (folder / "0").write_text("Date,Amount,Supplier,Number\n01/04/2018,100.00,Ash School,T1\n")
    return upload


def make_closed_month(**given: Any) -> ClosedMonth:
    given["closed_by"] = given.get("closed_by") or make_user()
    return ClosedMonth.objects.create(**{"month": date(2018, 4, 1)} | given)


def make_reopened_month(**given: Any) -> ReopenedMonth:
    for person in ("closed_by", "reopened_by"):
        given[person] = given.get(person) or make_user()
    fields = {"month": date(2018, 4, 1), "closed_at": NOON, "reason": "The bank had sent a file twice."}
    return ReopenedMonth.objects.create(**fields | given)


def make_finding_note(**given: Any) -> FindingNote:
    given["written_by"] = given.get("written_by") or make_user()
    fields = {
        "key": new_key("finding"),
        "number": 1,
        "kind": "NO_INVOICE",
        "month": date(2018, 4, 1),
        "status": "EXPLAINED",
        "amount": Decimal(100),
        "total": Decimal(100),
        "text": "The school bills in June.",
        "written_on": date(2018, 7, 1),
    }
    return FindingNote.objects.create(**fields | given)


def make_places(**given: Any) -> SchoolPlaces:
    """Places at a new state special school in 2018-19."""
    given["school"] = given.get("school") or make_school(sector=Sector.STATE_SPECIAL)
    fields = {"provision": "SPECIAL", "academic_year": "2018-19", "places": 100}
    return SchoolPlaces.objects.create(**fields | given)


def make_change(**given: Any) -> CommissioningChange:
    """An approved change of 20 places at no particular special school."""
    fields = {
        "change_id": new_key("change"),
        "title": "More places",
        "provision": "SPECIAL",
        "effective_on": date(2019, 9, 1),
        "places_change": 20,
        "status": "APPROVED",
    }
    return CommissioningChange.objects.create(**fields | given)


def make_case(**given: Any) -> PanelCase:
    """A new child's case for the Independent Placement Panel, for ASD, at £36,000 a year."""
    given["child"] = given.get("child") or make_child()
    fields = {
        "case_id": new_key("case"),
        "panel": "INDEPENDENT",
        "received_on": date(2018, 1, 15),
        "primary_need": "ASD",
        "annual_cost": Decimal(36_000),
    }
    return PanelCase.objects.create(**fields | given)


def make_decision(**given: Any) -> PanelDecision:
    """An agreement on a new case on 1 May 2018."""
    given["case"] = given.get("case") or make_case()
    return PanelDecision.objects.create(**{"meeting_on": date(2018, 5, 1), "outcome": "AGREED"} | given)


def make_requested_cost(**given: Any) -> RequestedCost:
    """The core fee of a new case: £36,000 a year."""
    given["case"] = given.get("case") or make_case()
    return RequestedCost.objects.create(**{"kind": "CORE", "annual_amount": Decimal(36_000)} | given)


def make_document(**given: Any) -> CaseDocument:
    """A psychologist's advice on a new case."""
    given["case"] = given.get("case") or make_case()
    return CaseDocument.objects.create(**{"title": "Advice", "reference": new_key("paper")} | given)


def make_confirmation(**given: Any) -> Confirmation:
    """A confirmation for a new case: that it was received long ago."""
    given["case"] = given.get("case") or make_case()
    given["confirmed_by"] = given.get("confirmed_by") or make_user(Role.PANEL_CLERK)
    fields = {"sentence": "It was received long ago.", "confirmed_on": date(2018, 5, 1)}
    return Confirmation.objects.create(**fields | given)


def make_consultation(**given: Any) -> Consultation:
    """A new school, asked to take the child of a new case."""
    given["case"] = given.get("case") or make_case()
    given["school"] = given.get("school") or make_school()
    return Consultation.objects.create(**given)


def make_draft(**given: Any) -> RequestDraft:
    """A new clerk's draft of a request."""
    given["by"] = given.get("by") or make_user(Role.PANEL_CLERK)
    fields = {"typed": {"panel": "INDEPENDENT"}, "saved_at": datetime(2018, 4, 3, 9, tzinfo=UTC)}
    return RequestDraft.objects.create(**fields | given)


def make_agreed_cost(**given: Any) -> AgreedCost:
    """The core fee agreed by a new decision: £36,000 a year."""
    given["decision"] = given.get("decision") or make_decision()
    return AgreedCost.objects.create(**{"kind": "CORE", "annual_amount": Decimal(36_000)} | given)


def make_expected(**given: Any) -> ExpectedPlacement:
    """A day place at a new school, agreed by a new decision and expected from 3 September 2018."""
    given["decision"] = given.get("decision") or make_decision()
    given["school"] = given.get("school") or make_school()
    return ExpectedPlacement.objects.create(**{"attendance": "DAY", "starts_on": date(2018, 9, 3)} | given)


def make_meeting(**given: Any) -> PanelMeeting:
    """A meeting of the Independent Placement Panel on 1 May 2018 at 09:30, 15 minutes a case and a quorum of 2."""
    fields = {
        "panel": "INDEPENDENT",
        "held_on": date(2018, 5, 1),
        "starts_at": time(9, 30),
        "slot_minutes": 15,
        "quorum": 2,
    }
    return PanelMeeting.objects.create(**fields | given)


def make_agenda_item(**given: Any) -> AgendaItem:
    """A new case at the end of a meeting's agenda; the meeting is new unless given."""
    meeting = given["meeting"] = given.get("meeting") or make_meeting()
    given["case"] = given.get("case") or make_case(panel=meeting.panel)
    return AgendaItem.objects.create(**{"position": meeting.items.count()} | given)


def make_member(**given: Any) -> Member:
    """Somebody invited to a meeting, which is new unless given."""
    given["meeting"] = given.get("meeting") or make_meeting()
    return Member.objects.create(**{"name": new_key("Member")} | given)


def make_conflict(**given: Any) -> ConflictOfInterest:
    """A new member who stands aside from a case on a meeting's agenda; both are new unless given."""
    item = given["item"] = given.get("item") or make_agenda_item()
    given["member"] = given.get("member") or make_member(meeting=item.meeting)
    return ConflictOfInterest.objects.create(**{"reason": "Heads the school"} | given)


def make_event(**given: Any) -> Event:
    """A change of process on 29 April 2019."""
    fields = {"event_id": new_key("event"), "day": date(2019, 4, 29), "title": "New process"}
    return Event.objects.create(**fields | given)


def make_workstream(**given: Any) -> Workstream:
    fields = {"workstream_id": new_key("workstream"), "title": "Independent school placements"}
    return Workstream.objects.create(**fields | given)


def make_action(status: str = "", *, updated_on: date = date(2019, 1, 15), **given: Any) -> Action:
    """An action to reduce spend; with a ``status``, it has an update on the day ``updated_on``."""
    fields = {"action_id": new_key("action"), "lever": "REDUCE_SPEND", "title": "Negotiate with schools"}
    action = Action.objects.create(**fields | given)
    if status:
        make_update(action=action, day=updated_on, status=status, note="As told by the lead")
    return action


def make_update(**given: Any) -> ActionUpdate:
    """An update that a new action was on track on 31 January 2019."""
    given["action"] = given.get("action") or make_action()
    return ActionUpdate.objects.create(**{"day": date(2019, 1, 31), "status": "ON_TRACK"} | given)


def make_milestone(**given: Any) -> Milestone:
    """An open milestone, due on 1 March 2019, of a new action unless an action or change is given."""
    if not given.keys() & {"action", "change"}:
        given["action"] = make_action()
    fields = {"milestone_id": new_key("milestone"), "title": "Terms agreed", "due_on": date(2019, 3, 1)}
    return Milestone.objects.create(**fields | given)


def make_risk(**given: Any) -> Risk:
    """An open risk to a new workstream, likely (4) and of some impact (3)."""
    given["workstream"] = given.get("workstream") or make_workstream()
    fields = {
        "risk_id": new_key("risk"),
        "title": "Fees rise",
        "likelihood": 4,
        "impact": 3,
        "status": "OPEN",
    }
    return Risk.objects.create(**fields | given)


def make_decision_needed(**given: Any) -> DecisionNeeded:
    """A decision needed by a new workstream."""
    given["workstream"] = given.get("workstream") or make_workstream()
    return DecisionNeeded.objects.create(**{"item_id": new_key("item"), "title": "Agree the tender"} | given)


def make_note(**given: Any) -> KpiNote:
    """A note beside the KPI on reasons for requests, from 31 March 2019 on."""
    fields = {"kpi": "panel_reasons", "title": "Reasons", "text": "One\nTwo", "day": date(2019, 3, 31)}
    return KpiNote.objects.create(**fields | given)
