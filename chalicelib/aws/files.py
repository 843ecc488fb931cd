"""S3: the archive of raw notices, and what is too large for a queue."""

import gzip
from collections.abc import Iterator, Sequence

from chalicelib.aws import clients
from chalicelib.aws.meter import meter


def put_lines(bucket: str, key: str, lines: Sequence[str]) -> None:
    """Write one compressed object of lines."""
    meter().called("PutObject")
    clients.s3().put_object(Bucket=bucket, Key=key, Body=gzip.compress("\n".join(lines).encode(), 6))


def put_body(bucket: str, key: str, body: bytes) -> None:
    meter().called("PutObject")
    clients.s3().put_object(Bucket=bucket, Key=key, Body=body)


def read_body(bucket: str, key: str) -> bytes:
    meter().called("GetObject")
    return clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read()


def listed(bucket: str, prefix: str) -> Iterator[str]:
    """The keys that begin so, in their order."""
    meter().called("ListObjectsV2")
    for page in clients.s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (each["Key"] for each in page.get("Contents", ()))
