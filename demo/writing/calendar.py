"""Calendar invitations (RFC 5545, RFC 5546)."""


def invitation(
    uid: str, start: str, end: str, summary: str, place: str, organizer: str, guests: tuple[str, ...]
) -> str:
    """Return an iTIP request; times are UTC as 20240304T090000Z."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Meridian Freight//Agenda//FR",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}@meridian-freight.example",
        f"DTSTAMP:{start}",
        f"DTSTART:{start}",
        f"DTEND:{end}",
        f"SUMMARY:{summary}",
        f"LOCATION:{place}",
        f"ORGANIZER:mailto:{organizer}",
        *(f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest}" for guest in guests),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"
