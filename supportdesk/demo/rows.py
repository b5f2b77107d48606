"""Zendesk's rows as its API sends them: users, organizations, tickets, comments and audits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

from supportdesk.demo.story import Case, Entry, File, Someone
from supportdesk.providers import Json

ROLE_TYPES: dict[str, tuple[str, int | None]] = {
    "agent": ("agent", 0),
    "light": ("agent", 1),
    "admin": ("admin", 4),
    "customer": ("end-user", None),
}
FIRST_USER = 730_120_001
FIRST_ORGANIZATION = 880_120_001
GROUP = 560_010_001
_VIA = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}


def stamp(at: datetime) -> str:
    """A moment as Zendesk writes it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def organization_row(url: str, id_: int, name: str, at: datetime) -> Json:
    """A customer's company."""
    return {
        "url": f"{url}/api/v2/organizations/{id_}.json",
        "id": id_,
        "name": name,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "domain_names": [],
        "details": "",
        "notes": "",
        "group_id": None,
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": None,
        "tags": [],
        "organization_fields": {},
    }


def user_row(url: str, id_: int, someone: Someone, organization_id: int | None, at: datetime) -> Json:
    """One of the people; light agents are agents of role type 1 whose comments are all internal."""
    role, role_type = ROLE_TYPES[someone.side]
    return {
        "id": id_,
        "url": f"{url}/api/v2/users/{id_}.json",
        "name": someone.name,
        "email": someone.email,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "time_zone": "UTC",
        "iana_time_zone": "Etc/UTC",
        "phone": None,
        "photo": None,
        "locale": "en-US",
        "organization_id": organization_id,
        "role": role,
        "role_type": role_type,
        "custom_role_id": None,
        "verified": True,
        "active": True,
        "suspended": False,
        "shared": False,
        "moderator": role != "end-user",
        "restricted_agent": someone.side == "light",
        "only_private_comments": someone.side == "light",
        "ticket_restriction": "requested" if role == "end-user" else None,
        "default_group_id": None if role == "end-user" else GROUP,
        "external_id": None,
        "tags": [],
        "user_fields": {},
    }


def ticket_row(url: str, case: Case, ids: Mapping[str, int], organization_id: int | None) -> Json:
    """A ticket; `ids` maps the story's people to user ids."""
    requester = ids[case.author]
    copies = [ids[key] for key in case.cc]
    return {
        "url": f"{url}/api/v2/tickets/{case.id}.json",
        "id": case.id,
        "external_id": None,
        "via": _VIA,
        "created_at": stamp(case.entries[0].at),
        "updated_at": stamp(case.entries[-1].at),
        "type": None,
        "subject": case.subject,
        "raw_subject": case.subject,
        "description": case.entries[0].body,
        "priority": case.priority or None,
        "status": case.status,
        "recipient": None,
        "requester_id": requester,
        "submitter_id": requester,
        "assignee_id": ids[case.assignee] if case.assignee else None,
        "organization_id": organization_id,
        "group_id": GROUP,
        "collaborator_ids": copies,
        "follower_ids": [],
        "email_cc_ids": copies,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": sorted(case.tags),
        "custom_fields": [],
        "fields": [],
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "followup_ids": [],
        "brand_id": None,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def macro_row(url: str, told: Json, at: datetime) -> Json:
    """A macro: its words as HTML, or fields alone where the story gives it none."""
    words = told["text"]
    html = "".join(f"<p>{escape(part)}</p>" for part in words.split("\n\n"))
    actions = [{"field": "comment_value_html", "value": html}] if words else [{"field": "status", "value": "pending"}]
    return {
        "url": f"{url}/api/v2/macros/{told['id']}.json",
        "id": told["id"],
        "title": told["title"],
        "active": True,
        "updated_at": stamp(at),
        "created_at": stamp(at),
        "default": False,
        "position": 9999,
        "description": None,
        "actions": actions,
        "restriction": None,
        "usage_30d": told["usage_30d"],
    }


def comment_row(id_: int, audit_id: int, author_id: int, entry: Entry, url: str) -> Json:
    """One entry of a conversation."""
    return {
        "id": id_,
        "type": "Comment",
        "author_id": author_id,
        "body": entry.body,
        "html_body": f'<div class="zd-comment" dir="auto">{escape(entry.body)}</div>',
        "plain_body": entry.body,
        "public": entry.public,
        "attachments": [_attachment_row(url, id_ * 10 + place, one) for place, one in enumerate(entry.files)],
        "audit_id": audit_id,
        "via": _VIA,
        "created_at": stamp(entry.at),
        "metadata": {"system": {}, "custom": _custom(entry.op)},
    }


def _attachment_row(url: str, id_: int, file: File) -> Json:
    return {
        "url": f"{url}/api/v2/attachments/{id_}.json",
        "id": id_,
        "file_name": file.name,
        "content_url": f"{url}/attachments/token/{id_}/?name={id_}",
        "mapped_content_url": f"{url}/attachments/token/{id_}/?name={id_}",
        "content_type": file.content_type,
        "size": file.size,
        "width": None,
        "height": None,
        "inline": False,
        "deleted": False,
        "malware_access_override": False,
        "malware_scan_result": "malware_not_found",
        "thumbnails": [],
    }


def audit_row(id_: int, ticket_id: int, author_id: int, at: str, events: list[Json], custom: Json) -> Json:
    """What one update did; `custom` is the metadata that came with it."""
    return {
        "id": id_,
        "ticket_id": ticket_id,
        "created_at": at,
        "author_id": author_id,
        "metadata": {"system": {}, "custom": custom},
        "events": events,
        "via": _VIA,
    }


def comment_event(comment: Json) -> Json:
    """A comment as an audit tells of it."""
    kept = ("id", "type", "author_id", "body", "html_body", "plain_body", "public", "attachments", "audit_id")
    return {key: comment[key] for key in kept}


def change_event(id_: int, name: str, old: Json, new: Json) -> Json:
    """A field's change as an audit tells of it."""
    return {"id": id_, "type": "Change", "field_name": name, "value": new, "previous_value": old}


def _custom(op: str) -> Json:
    return {"sd_op": op} if op else {}
