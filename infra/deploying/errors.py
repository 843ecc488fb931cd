"""What stops a deployment, and what to do; whatever was made until then is kept.

DeploymentStopped
├── DeployedAsOneStack     CloudFormation made the stage's functions: `chalice deploy` would work against it
├── DomainForgotten        the stage had a custom domain, and this checkout's configuration names none
├── DomainTaken            the stage's domain leads to an API that is not the stage's
├── StillBusy              Lambda did not finish with a function or a mapping
└── ChaliceFailed          `chalice deploy` failed; the message holds its own last lines
"""


class DeploymentStopped(RuntimeError):
    """The message says what to do."""


class DeployedAsOneStack(DeploymentStopped):
    pass


class DomainForgotten(DeploymentStopped):
    pass


class DomainTaken(DeploymentStopped):
    pass


class StillBusy(DeploymentStopped):
    pass


class ChaliceFailed(DeploymentStopped):
    pass
