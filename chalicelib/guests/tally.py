"""What a leaf's sums are advanced by."""

from datetime import date

from chalicelib.guests.kept import Kept


class Tally(Kept):
    """What a leaf's sums are advanced by, besides the sums themselves."""

    at: tuple[int, ...] = ()
    """Reservations at each of the sums' properties."""
    longest: int = 0
    """Nights; no completed stay lasts longer. It never shrinks, nor does the next: they say how far to look."""
    ended: date | None = None
    """A day by which all completed stays have ended; None where there never was one."""

    def reaching(self, nights: int, ended: date) -> "Tally":
        """Also as far as a completed stay of so many nights."""
        last = max(self.ended or ended, ended)
        return self.model_copy(update={"longest": max(self.longest, nights), "ended": last})

    def counted(self, at: tuple[int, ...]) -> "Tally":
        return self.model_copy(update={"at": at})
