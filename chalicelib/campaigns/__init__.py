"""Campaigns: one message plan to one segment, launched as runs that are planned, paced and sent."""
