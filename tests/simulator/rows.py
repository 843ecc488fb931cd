"""Rows of a bookings file."""

from pathlib import Path

from infra.simulator.bookings import COLUMNS

REAL_FILE = Path(__file__).parents[3] / "shared" / "data" / "hotel_bookings.csv"
GOOD = {
    "hotel": "City Hotel",
    "lead_time": "12",
    "arrival_date_year": "2016",
    "arrival_date_month": "February",
    "arrival_date_day_of_month": "28",
    "stays_in_weekend_nights": "1",
    "stays_in_week_nights": "2",
    "adults": "2",
    "children": "NA",
    "country": "DEU",
    "market_segment": "Direct",
    "distribution_channel": "Direct",
    "booking_changes": "0",
    "agent": "NULL",
    "company": "NULL",
    "customer_type": "Transient",
    "adr": "81.5",
    "reservation_status": "Check-Out",
    "reservation_status_date": "3/2/2016",
}


def written(path: Path, *rows: dict[str, str]) -> Path:
    lines = [",".join(COLUMNS), *(",".join(row[column] for column in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
