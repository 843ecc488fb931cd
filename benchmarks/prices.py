"""List prices in US dollars, us-east-1, without free tiers and discounts; looked up on 2026-11-23, and what a stage
costs by the month on 2026-11-27.

https://aws.amazon.com/{api-gateway,cloudwatch,dynamodb,eventbridge,kms,lambda,s3,secrets-manager,ses,sns,sqs}/pricing
"""

MILLION = 1_000_000
REST_REQUEST = 3.50 / MILLION
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
SQS_REQUEST = 0.40 / MILLION
SNS_PUBLISH = 0.50 / MILLION
"""Delivery from SNS to SQS is free; from EventBridge it is a request to the queue."""
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000166667
EVENT = 1.00 / MILLION
"""A custom event of up to 64 KB. Events of a schedule are free."""
S3_PUT = 0.005 / 1000
KMS_REQUEST = 0.03 / 10_000
SECRET_REQUEST = 0.05 / 10_000
LOG_GIGABYTE = 0.50
MAIL = 0.10 / 1000

# A month.
ALARM = 0.10
DASHBOARD = 3.00
CUSTOM_METRIC = 0.30
"""Of the first 10,000. CloudWatch charges it for each hour in which the metric has a value."""
KMS_KEY = 1.00
SECRET = 0.40
S3_GIGABYTE = 0.023
TABLE_GIGABYTE = 0.25
RECOVERY_GIGABYTE = 0.20
"""Point-in-time recovery."""
MONTH_MINUTES = 30 * 24 * 60

# Not prices, but what the time of a Lambda is made of.
CPU_MEGABYTES = 1769
"""Memory at which Lambda gives one whole CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
LATENCY_MS = {"SendBulkEmail": 500.0}
USUAL_LATENCY_MS = 6.0
"""Assumed wait for an answer; the bench has no network."""
VENDOR_LATENCY_MS = 150.0
"""Assumed wait for an answer of a PMS."""
PLATFORM_LOG_BYTES = 330
"""What Lambda itself writes of an invocation: START, END and REPORT."""
ACCESS_LOG_BYTES = 220
"""A line of API Gateway's, in the form of infra/gateway.py, and what CloudWatch adds to each."""
