"""S3: the archive of raw notices, what is too large for a queue, and files that are uploaded and read in parts."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

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


# Files of imports

UPLOAD_OPEN = 3_600
"""Seconds for which a form takes a file; a slow line needs some."""
BLOCK = 256 * 1024
NOT_THERE = {"403", "404", "AccessDenied", "NoSuchKey", "InvalidRange"}
"""Who may not list a bucket is told so of what is not in it."""


class UploadForm(NamedTuple):
    """A form that a browser, or anybody, may post one file with: the fields first, then `file`."""

    url: str
    fields: Mapping[str, str]


def upload_form(bucket: str, key: str, largest: int, leads_to: str) -> UploadForm:
    """For one file of so many bytes at most; S3 then leads on to an address (303)."""
    client = clients.s3()
    redirect = {"success_action_redirect": leads_to}
    made = client.generate_presigned_post(
        bucket, key, Fields=dict(redirect), Conditions=[redirect, ["content-length-range", 1, largest]],
        ExpiresIn=UPLOAD_OPEN,
    )  # fmt: skip
    return UploadForm(_address_of(bucket, client.meta.endpoint_url), made["fields"])


def _address_of(bucket: str, endpoint: str) -> str:
    """In the bucket's own region: the address for all of them answers with another one while a bucket is new."""
    parts = urlsplit(endpoint)
    is_aws = (parts.hostname or "").endswith(".amazonaws.com")
    return f"{parts.scheme}://{bucket}.{parts.netloc}/" if is_aws else f"{endpoint}/{bucket}"


def size_of(bucket: str, key: str) -> int | None:
    """Bytes of an object; None where there is none."""
    from botocore.exceptions import ClientError

    meter().called("HeadObject")
    try:
        return clients.s3().head_object(Bucket=bucket, Key=key)["ContentLength"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in NOT_THERE:
            return None
        raise


def blocks(bucket: str, key: str, start: int = 0) -> Iterator[bytes]:
    """An object from a byte on, as it comes; nothing where it ends before."""
    from botocore.exceptions import ClientError

    meter().called("GetObject")
    try:
        body = clients.s3().get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-")["Body"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "InvalidRange":
            return
        raise
    with body:
        yield from body.iter_chunks(BLOCK)


def delete(bucket: str, key: str) -> None:
    """Also of what is gone already."""
    meter().called("DeleteObject")
    clients.s3().delete_object(Bucket=bucket, Key=key)
