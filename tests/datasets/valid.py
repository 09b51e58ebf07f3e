"""A small valid data set, and ways to change it."""

from tests import folders
from tests.folders import Changed

VALID = {
    "schools.csv": """school_id,urn,name,sector,phase,district,provider_group,opened_on,closed_on
S1,,Ash School,INDEPENDENT_SPECIAL,,,,,
S2,,Beech School,STATE_SPECIAL,,,,01/09/2001,
""",
    "children.csv": """child_id,date_of_birth,home_district
C1,2005-06-01,Dover
C2,2006-07-02,
""",
    "assessments.csv": """assessment_id,child_id,requested_on,assess_decision,assess_decided_on,exception
A1,C1,2015-01-08,AGREED,2015-02-12,N
""",
    "plans.csv": """plan_id,child_id,assessment_id,issued_on,ceased_on,cease_reason,primary_need,secondary_need
P1,C1,A1,2015-05-20,2017-08-31,9,ASD,
P2,C1,,2017-08-31,,,ASD,SEMH
P3,C2,,2016-01-01,,,SEMH,
""",
    "placements.csv": """placement_id,plan_id,school_id,in_srp,attendance,weeks_per_year,starts_on,ends_on,end_reason
L1,P2,S1,N,DAY,38,2017-09-01,2018-08-31,MOVED
L2,P2,S2,,DAY,,2018-09-01,,
""",
    "cost_lines.csv": """placement_id,kind,annual_amount,starts_on,ends_on,education_share,void
L1,CORE,"£40,000.00",2017-09-01,2018-03-31,,
L1,CORE,41000.5,2018-04-01,,62.5,N
L1,CORE,1,2018-01-01,,,Y
L1,TRANSPORT,0,2017-09-01,,,
""",
    "panel_cases.csv": """case_id,child_id,panel,received_on,primary_need,secondary_need,reasons,school_id,annual_cost
K1,C2,INDEPENDENT,2018-05-01,SEMH,,COMPLEXITY; CAPACITY,S1,52000
""",
    "panel_decisions.csv": """case_id,meeting_on,outcome,value,due_on,decided_by,note
K1,2018-05-10,MORE_INFORMATION,,2018-06-01,,"first line
second line"
K1,2018-06-10,AGREED,50000,,,
""",
    "budgets.csv": "financial_year,line,amount\n2018-19,1.2.3,36000000\n",
    "forecasts.csv": "financial_year,line,made_on,amount\n2018-19,1.2.3,2018-06-30,36500000\n",
    "ledger.csv": """month,line,school_id,reference,amount
2018-04,1.2.3,S1,R1,1000.00
2018-04,1.2.3,,R1,-250.00
2018-04,1.2.3,,,7
""",
    "places.csv": "school_id,provision,academic_year,places,needs\nS2,SPECIAL,2018-19,80,ASD;SEMH\n",
    "commissioning_plan.csv": """change_id,school_id,title,provision,effective_on,places_change,needs,status
X1,S2,More places,SPECIAL,2019-09-01,-5,,APPROVED
""",
    "workstreams.csv": "workstream_id,title,lead,aim\nW1,Independent school placements,Head of SEN,\n",
    "actions.csv": (
        "action_id,workstream_id,lever,title,owner,due_on,status,note,updated_on,"
        "kpi,kpi_key,kpi_row,expected_change,expected_from\n"
        "N1,W1,REDUCE_SPEND,Negotiate fees,Commissioner,2019-06-30,AT_RISK,Two schools refuse,2019-03-15,"
        "cost_per_need_type,inmss_average,,-500.5,2019-09-01\n"
        "N2,,RIGHT_PROVISION,Open a school,,,DONE,,2019-02-01,,,,,\n"
    ),
    "milestones.csv": """milestone_id,action_id,change_id,title,due_on,reached_on
M1,N1,,First offers,2019-04-01,
M2,N2,,Site found,2019-01-01,01/02/2019
M3,,X1,Planning permission,2019-05-01,
""",
    "risks.csv": """risk_id,workstream_id,title,likelihood,impact,mitigation,owner,status,updated_on
R1,W1,Fees rise,4,5,Framework,Head of SEN,OPEN,2019-03-31
""",
    "decisions_needed.csv": """item_id,workstream_id,title,needed_by,asked_of,settled_on
D1,W1,Agree the tender,2019-05-01,Cabinet,
""",
    "events.csv": "event_id,on,title\nE1,29/04/2019,New statutory assessment process\n",
}


def edited(name: str, old: str, new: str) -> Changed:
    """The file of the valid data set with one piece of text replaced."""
    return folders.edited(VALID, name, old, new)
