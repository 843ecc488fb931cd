"""List prices in US dollars, us-east-1, without free tiers and discounts; looked up on 2026-11-23.

https://aws.amazon.com/{dynamodb,sqs,sns,lambda,ses,eventbridge,cloudwatch}/pricing
"""

MILLION = 1_000_000
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
SQS_REQUEST = 0.40 / MILLION
SNS_PUBLISH = 0.50 / MILLION
"""Delivery from SNS to SQS is free."""
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000166667
EVENT = 1.00 / MILLION
LOG_GIGABYTE = 0.50
MAIL = 0.10 / 1000

# Not prices, but what the time of a Lambda is made of.
CPU_MEGABYTES = 1769
"""Memory at which Lambda gives one whole CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
LATENCY_MS = {"SendBulkEmail": 500.0}
USUAL_LATENCY_MS = 6.0
"""Assumed wait for an answer; the bench has no network."""
