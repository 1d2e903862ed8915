"""The two ways preamp fails, and what every failure must carry.

A `UserError` is something the person at the keyboard can mend, and says how. A `Fault` is
something we must mend. Both have a stable code, listed in `CODES`, from which
`docs/errors.md` is generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

CODES: Final[dict[str, str]] = {
    "AmbiguousFunctionError": "a path given to a command could be several functions",
    "AmplifyFolderError": "`preamp init` found a folder `amplify` that is not preamp's",
    "AnnotationError": "a construct says of itself that it is wrong",
    "ApprovalMissingError": "the deployment would change permissions, and nobody has allowed that",
    "AssemblyBrokenError": "the cloud assembly is half written or unreadable",
    "AssemblyMissingError": "the folder holds no cloud assembly",
    "AssemblyStackError": "the cloud assembly has not exactly one stack at the top",
    "AssetAccessError": "an asset may not be uploaded with these credentials",
    "AssetLinkError": "a symbolic link in an asset leads outside it, or nowhere",
    "AuthLoginMissingError": "people could sign in neither by e-mail address nor by phone number",
    "BackendCrashedError": "the process that runs the backend ended without saying why",
    "BackendDefinedTwiceError": "the backend file calls define_backend() twice",
    "BackendElsewhereError": "`preamp init` found that pyproject.toml puts the backend elsewhere",
    "BackendExistsError": "`preamp init` found a backend",
    "BackendMissingError": "the backend file never calls define_backend()",
    "BackendNotFoundError": "there is no backend file where it should be",
    "BackendRaisedError": "the backend file, or the CDK called from it, raised an exception",
    "BackendSyntaxError": "the backend file, or a module it imports, is not valid Python",
    "BootstrapMissingError": "the account is not prepared by the CDK's bootstrap",
    "BootstrapOutdatedError": "the account was prepared by a CDK that is too old for the backend",
    "BucketResourceFault": "a construct of the CDK that is a bucket has no bucket resource",
    "BundleTooLargeError": "the unzipped bundle of a function exceeds Lambda's 250 MB",
    "CircularStackReferenceError": "stacks refer to each other in a circle",
    "ClientCodeError": "code for clients cannot be generated",
    "ClientCodeFault": "Amplify's code generator ended unexpectedly",
    "CredentialsError": "the target refuses the credentials, or there are none",
    "CredentialsExpiredError": "the credentials have expired, possibly while a deployment ran",
    "CustomFunctionProviderError": (
        "what was given to define_function() makes no function, or an option does not apply to it"
    ),
    "DataLossError": "the deployment would delete data, and nobody has allowed that",
    "DebugPortError": "no port is free for a debugger to attach to",
    "DebuggerInstallationError": "Python's debugger could not be installed",
    "DefineDataConfigurationError": "an option of define_data() has a value that it cannot have",
    "DefineStorageConfigurationError": (
        "an option of define_storage() has a value that it cannot have"
    ),
    "DefinitionKindFault": "a definition of preamp's own has nothing that builds it",
    "DeletionFailedError": "something of the stack could not be deleted",
    "DependencyConflictError": "the declared dependencies of a function contradict each other",
    "DependencyHashError": "no file of the chosen version has a declared hash",
    "DependencyNotForLambdaError": "a handler declares the CDK or preamp as a dependency",
    "DependencyNotFoundError": "a package or version does not exist",
    "DependencyOfflineError": "the package index cannot be reached and the cache does not help",
    "DependencyPythonError": "a dependency or the handler excludes the Python it is to run on",
    "DependencyResolutionError": "the dependencies cannot be resolved, for a reason uv tells",
    "DependencySyntaxError": "a declaration of dependencies is malformed",
    "DeploymentFailedError": "a resource failed and the deployment was rolled back",
    "DeploymentInProgressError": "another deployment of the same backend is running",
    "DiskFullError": "there is no space left to write to",
    "DockerAssetError": "the backend needs a container image, and there is no way to have it",
    "DockerFailedError": "docker could not build or push a container image",
    "DockerMissingError": "a container image is to be built, and there is no docker",
    "EmptyBackendError": "the backend defines no resource",
    "EmptyPolicyError": "an access rule allows nothing",
    "EngineBusyError": "another command is starting or stopping the local cloud",
    "EngineEnvironmentError": "the local cloud's private environment cannot be installed",
    "EngineMendFault": "the emulator behind the local cloud is not the version preamp knows",
    "EngineNotRunningError": "the local cloud of this project is not running",
    "EnginePortError": "the port asked for is in use, or the local cloud runs on another one",
    "EngineProtocolFault": "the local cloud answered something unexpected",
    "EngineStartFault": "the local cloud did not start",
    "EntryNameError": "a handler's file cannot be imported by its name",
    "EntryNotFoundError": "a handler's file is missing, or lies outside the project",
    "EntrySyntaxError": "a handler, or a module it imports, is not valid Python",
    "EsbuildFault": "the program that bundles JavaScript and TypeScript ended unexpectedly",
    "EsbuildMissingError": (
        "esbuild, which bundles JavaScript and TypeScript, cannot be fetched or does not work"
    ),
    "FileAccessError": "a file may not be read or written",
    "FunctionNameTakenError": "two functions of one resource group have one name",
    "FunctionNotFoundError": "no function has the path given to a command",
    "FunctionReservedEnvironmentVariableError": (
        "an environment variable of a function is set by the platform"
    ),
    "FunctionResourceFault": "a construct of the CDK that is a function has no function resource",
    "FunctionScheduleInitializationError": "a schedule of a function cannot be",
    "FunctionWithoutRoleError": "a function that is to have access to something has no role",
    "GraphqlConstructDamagedError": "the file given as Amplify's GraphQL construct is another one",
    "GraphqlConstructMissingError": "Amplify's GraphQL construct cannot be fetched",
    "HandlerBundlingError": (
        "a handler in JavaScript or TypeScript is not valid, or imports what is not there"
    ),
    "HandlerImportsCdkError": "a handler imports the CDK or preamp's definition side",
    "HandlerModuleNotFoundError": "a handler imports a module of the project that does not exist",
    "HandlerNotFoundError": "a handler's file does not define the handler function",
    "HotswapError": "what was hotswapped cannot be set back, so CloudFormation cannot go on",
    "HotswapRecordError": "what is hotswapped cannot be remembered: its record cannot be written",
    "InterpreterError": "the interpreter that runs functions on this machine does not work",
    "InvalidAccountRecoveryError": "there is no such way to recover an account",
    "InvalidArchitectureError": "a function's architecture does not exist",
    "InvalidAuthAccessError": (
        "an access rule of define_auth() names no function, or an action that does not exist"
    ),
    "InvalidAuthReferenceError": "reference_auth() was given something that is no such identifier",
    "InvalidDomainPrefixError": "the domain of a sign-in page cannot begin like this",
    "InvalidDurableFunctionExecutionTimeoutError": (
        "the time of a durable function's execution is out of range"
    ),
    "InvalidDurableFunctionRetentionPeriodError": (
        "the time a durable function's history is kept is out of range"
    ),
    "InvalidEnvironmentKeyError": (
        "an environment variable of a function has a name that Lambda refuses"
    ),
    "InvalidEphemeralStorageSizeMBError": "the size of a function's /tmp is out of range",
    "InvalidEventError": "the event given to `preamp invoke` is not JSON",
    "InvalidExternalProviderError": (
        "a provider that people sign in with lacks something, or has something wrong"
    ),
    "InvalidFilterError": "the filter for logs is no regular expression",
    "InvalidFunctionConfigurationError": "an option of a function has a value that it cannot have",
    "InvalidGroupError": "a group of users has an impossible name, or is named twice",
    "InvalidIdentifierError": "a sandbox or a backend at AWS cannot have this identifier",
    "InvalidLayerFormatError": "a layer is neither an ARN nor name and version",
    "InvalidLoggingOptionsError": "what a function is to log contradicts itself or does not exist",
    "InvalidLoginError": "an option of a way to sign in has a value it cannot have",
    "InvalidMemoryMBError": "the memory of a function is out of range",
    "InvalidMultifactorError": (
        "second factors contradict the mode, the way people sign in, or the senders"
    ),
    "InvalidOutputValueError": "a value given to add_output() cannot be written as JSON",
    "InvalidOutputVersionError": "add_output() was given an unknown version of the outputs file",
    "InvalidPasswordlessConfigError": (
        "signing in without a password contradicts something, or lacks it"
    ),
    "InvalidPatternError": "a pattern given to --exclude is none",
    "InvalidProjectFileError": "pyproject.toml cannot be read",
    "InvalidRedirectUrlError": (
        "an address that people are sent to when they sign in or out is missing, or wrong"
    ),
    "InvalidResourceError": "define_backend() was given something that is no resource",
    "InvalidResourceNameError": "a resource or stack cannot have this name",
    "InvalidRuntimeError": "a function's runtime does not exist, or cannot run its handler",
    "InvalidSchemaError": (
        "define_data() was given something that is no schema, or a part that is none"
    ),
    "InvalidSecretNameError": "a secret cannot have this name",
    "InvalidSecretValueError": "a secret cannot have this value",
    "InvalidSenderError": "who is to send messages to users is not said completely, or in two ways",
    "InvalidStorageAccessDefinitionError": (
        "an access rule of define_storage() is for nobody, or allows what does not exist"
    ),
    "InvalidStorageAccessPathError": "no access rule of define_storage() can be for this path",
    "InvalidTemplateError": "AWS would refuse a template of the backend; nothing was deployed",
    "InvalidTimeError": "the time given to `preamp logs --since` is none",
    "InvalidTimeoutError": "the timeout of a function is out of range",
    "InvalidTriggerError": "a trigger of define_auth() is no function, or lacks one that it needs",
    "InvalidUserAttributeError": (
        "an attribute of users does not exist, or has limits that it cannot have"
    ),
    "KernelLostFault": "the Node process behind the CDK ended in the middle of a synthesis",
    "MailNotFoundError": "there is no such e-mail",
    "MaximumLayersReachedError": "a function has more than five layers",
    "MessageFault": "a process of preamp wrote a line another one does not know",
    "MessageTemplateError": "a message to users is no text, too long, or lacks the code or link",
    "MultipleDefaultStorageError": "more than one bucket of the backend is the default",
    "MultipleSingletonResourcesError": "the backend defines its users or its data twice",
    "NoApiError": "the backend has no GraphQL API",
    "NoDefaultStorageError": "the backend has several buckets, of which none is the default",
    "NoWheelError": "a dependency has no wheel for the function's Python and CPU",
    "NodeMissingFault": "the package that carries Node is not whole",
    "NotABackendError": "the stack is not one of Amplify or preamp",
    "NotConfirmedError": "a command asks before it deletes something, and nobody can answer",
    "NotSynthesizingError": "define_backend() was called outside a synthesis",
    "NothingDeployedError": "nothing was ever deployed to the sandbox",
    "OutputEntryAlreadyExistsError": "add_output() set a value twice",
    "OutputEntryError": "an output entry of the stack is not as its version says",
    "OutputFolderInUseError": "the folder for the cloud assembly holds something else",
    "OutputKeyTakenError": "two entries of the stack set the same value of the outputs file",
    "OutputsFileError": "the outputs file cannot be written",
    "OutputsInUseError": "another process is writing the outputs file",
    "OutputsVersionError": "outputs of two major schema versions meet",
    "ProjectFolderError": "the folder given to `preamp init` is none, or cannot be written",
    "RegionMissingError": "no AWS region is configured",
    "RelativeImportError": "a relative import leads outside any package",
    "ReservedResourceNameError": "a resource is named like an attribute of the backend",
    "ResourceCycleError": "resources need each other to be built",
    "RunningPipelineDeployNotInCiError": "`preamp pipeline-deploy` was run outside of CI",
    "SandboxNotRunningError": "the sandbox of this project does not run",
    "SandboxRunningError": "another terminal runs the sandbox already",
    "SchemaAuthorizationError": (
        "a rule of a schema fits nothing, contradicts its fields, or is missing"
    ),
    "SchemaEnumError": "an enum of a schema has no values, or impossible ones",
    "SchemaFieldError": (
        "a default or a validation of a field is impossible, or the field has no type"
    ),
    "SchemaIdentifierError": "the identifier of a model names something that cannot be part of it",
    "SchemaIndexError": (
        "an index of a model names something that cannot be indexed, or is there twice"
    ),
    "SchemaModelError": "an option of a model has a value that it cannot have",
    "SchemaNameError": "a name in a schema is reserved, taken, or no name of GraphQL",
    "SchemaOperationError": "a custom operation lacks its handler or its types, or has wrong ones",
    "SchemaRefusedError": "Amplify's GraphQL construct refuses the schema",
    "SchemaRelationError": "a relation has no other side, or its fields do not fit",
    "SchemaRouteError": "an AI route has an impossible model, tool or configuration",
    "SchemaSqlError": "an SQL database lacks something, or a model does not belong to it",
    "SchemaTypeError": "an annotation in a schema is no type of the API, or names nothing",
    "SecretAsTextError": "a secret is used as text while the backend is defined",
    "SecretExposedError": "a secret would be an output or a parameter of a stack",
    "SecretNotFoundError": "a command names a secret that the sandbox does not have",
    "SecretNotSetError": "the backend uses a secret that is not set",
    "SecretOutsideBackendError": "a secret is used in a CDK app that is no preamp backend",
    "SnapshotError": "a snapshot of the sandbox cannot be written",
    "SnapshotNotFoundError": "there is no snapshot of this name",
    "SourceOutsideProjectError": "an imported module is a link out of the project",
    "StackAlreadyExistsError": "create_stack() was given a name twice",
    "StackBusyError": "the stack is being changed",
    "StackMissingError": "the stack does not exist",
    "StackProtectedError": "termination protection is on",
    "StackStuckError": "the stack is in a state that allows no deployment",
    "StackVanishedFault": "the stack disappeared while it was being deployed",
    "StorageNameTakenError": "two buckets of the backend have one name",
    "SynthesisCancelledError": "the synthesis was ended before it was done",
    "SynthesisFailedError": "the construct tree cannot be written as templates",
    "SynthesisFault": "the synthesis broke in preamp's own code",
    "SynthesisInProgressError": "another synthesis writes into the same folder",
    "TargetFault": "the cloud answered in a way no one expected",
    "TargetUnreachableError": "the cloud does not answer",
    "TemplateConflictError": "`preamp init` found other files where the template's would go",
    "TemplateRefusedError": "CloudFormation refuses the template before changing anything",
    "ThrottledError": "AWS asks for fewer requests, again and again",
    "UndebuggableRuntimeError": "a function's runtime has no debugger here",
    "UnexpectedFault": "something broke that nobody expected",
    "UnknownEnvironmentError": "a handler imports the typed environment of a function there is not",
    "UnknownEnvironmentVariableError": "a handler reads a variable that its function does not have",
    "UnknownOptionError": "an option has a part that does not exist",
    "UnknownResourceError": "backend[…] was asked for a definition that is not part of the backend",
    "UnsupportedDurableFunctionRuntimeError": "a durable function's runtime does not support that",
    "UnsupportedHandlerError": "a handler is a file that define_function() cannot take",
    "UnsupportedRuntimeError": "PythonFunction was given a runtime that is not Python",
    "UvMissingFault": "the uv program is missing",
}
"""Every error code and one sentence on when it is met."""


class PreampError(Exception):
    """The root of everything preamp raises on purpose.

    Attributes:
        code: A stable name, a key of `CODES`; it ends in ``Error`` or ``Fault``.
        message: What happened, with the offending value; one or more lines.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UserError(PreampError):
    """A mistake in the user's backend or input.

    Attributes:
        hint: What to change, or the command to run.
        sites: Where in the user's files it is, the most telling place first.
        details: More lines to show under the message, for example the user's part of a traceback.
    """

    exit_status: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        message: str,
        hint: str,
        *,
        sites: Sequence[Site] = (),
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(code, message)
        self.hint = hint
        self.sites = tuple(sites)
        self.details = tuple(details)


class Fault(PreampError):  # noqa: N818 - the other half of the pair, not an error of the user
    """A defect of preamp or of what it is built on; the user cannot mend it.

    Attributes:
        details: Diagnostic lines for a bug report.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(code, message)
        self.details = tuple(details)
