"""Time zones by name, and the zone of this machine."""

from datetime import UTC, datetime, timedelta, tzinfo


class MachineZone(tzinfo):
    """The local time of this machine, with its summer times; in what it cannot tell, UTC."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """How far local time is ahead of UTC at the local time `at`."""
        if at is None:
            return None
        try:
            return at.replace(tzinfo=None).astimezone().utcoffset()
        except (OSError, OverflowError, ValueError):
            return timedelta(0)

    def dst(self, _at: datetime | None) -> timedelta | None:
        """None: the offset is told as a whole."""
        return None

    def tzname(self, _at: datetime | None) -> str:
        """`local`."""
        return "local"

    def fromutc(self, at: datetime) -> datetime:
        """The UTC time `at`, which bears this zone, as local time."""
        try:
            return at.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)
        except (OSError, OverflowError, ValueError):
            return at


MACHINE_ZONE = MachineZone()


def zone(name: str) -> tzinfo | None:
    """The IANA zone `name`, None for what is none; `""` is the zone of this machine. Total."""
    if not name:
        return MACHINE_ZONE
    # Most sources name no zone.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        return ZoneInfo(name)
    except Exception:  # noqa: BLE001 -- a name from outside meets files and folders of any kind
        return None
