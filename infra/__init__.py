"""What runs around the hub: CloudFormation, the `hub` command line, the local cloud, the PMS simulator and the demo."""
