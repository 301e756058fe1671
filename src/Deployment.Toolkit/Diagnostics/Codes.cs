namespace Deployment.Toolkit.Diagnostics;

/// <summary>The codes of messages; each has a page in docs/codes or, where an analyzer says it too, in analyzers/docs.</summary>
internal static class Codes
{
    internal const string KeyUnknown = "DTK1001";
    internal const string ValueInvalid = "DTK1002";
    internal const string KeyMissing = "DTK1003";
    internal const string KeyDuplicate = "DTK1006";
    internal const string ConfigurationMalformed = "DTK1008";
    internal const string DurationAmbiguous = "DTK1009";

    internal const string EnvironmentUnknown = "DTK2003";
    internal const string EnvironmentGraph = "DTK2005";

    internal const string MigrationNoWayBack = "DTK5001";
    internal const string MigrationVersion = "DTK5002";
    internal const string MigrationLoses = "DTK5003";
    internal const string MigrationLocks = "DTK5004";
    internal const string MigrationOutsideTransaction = "DTK5005";
    internal const string MigrationType = "DTK5007";
    internal const string MigrationAllowance = "DTK5008";

    internal const string ConfigurationInvalid = "DTK7001";
    internal const string ConnectionStringMissing = "DTK7002";
    internal const string EnvironmentMismatch = "DTK7003";
    internal const string EnvironmentNotNamed = "DTK7004";
    internal const string ReleaseInvalid = "DTK7005";
    internal const string RegistrationInvalid = "DTK7006";

    internal const string SecretUnavailable = "DTK7022";
    internal const string SecretReferenceInvalid = "DTK7023";

    internal const string MigrationsNotInBinary = "DTK7024";
    internal const string MigrationsNotBuilt = "DTK7025";

    internal const string ConnectionStringMalformed = "DTK7026";
    internal const string ReleaseNotThere = "DTK7027";

    internal const string DotEnvUnreadable = "DTK7030";
    internal const string DotEnvAmbiguous = "DTK7031";
    internal const string DotEnvDuplicate = "DTK7032";

    internal const string ConfigurationKeyNotSet = "DTK7041";
    internal const string ConfigurationStateUnknown = "DTK7042";
    internal const string ConfigurationDrifted = "DTK7043";
    internal const string ParityBroken = "DTK7044";
    internal const string FileNotWritten = "DTK7045";
    internal const string OptionsBoundTwice = "DTK7046";
    internal const string DotEnvReading = "DTK7047";
    internal const string DotEnvWithoutEffect = "DTK7048";
    internal const string VariableAmbiguous = "DTK7049";

    internal const string PromotionOrder = "DTK7010";
    internal const string ReleaseOnHold = "DTK7011";
    internal const string RunUnfinished = "DTK7012";
    internal const string NothingUnfinished = "DTK7013";
    internal const string OnlyForward = "DTK7014";
    internal const string StepUnknown = "DTK7015";
    internal const string SchemaAhead = "DTK7016";
    internal const string NoRollbackTarget = "DTK7017";
    internal const string DataLossNotAccepted = "DTK7018";
    internal const string RunRolledBack = "DTK7019";
    internal const string RunUnknown = "DTK7020";
    internal const string ConfigurationPinned = "DTK7021";

    internal const string JournalChainBroken = "DTK7101";
    internal const string JournalRecordUnreadable = "DTK7102";
    internal const string JournalNotWritable = "DTK7103";
    internal const string LockTimeout = "DTK7104";
    internal const string FencedOut = "DTK7105";
    internal const string DeploymentFolderUnsafe = "DTK7106";
    internal const string JournalForged = "DTK7107";
    internal const string JournalCutOff = "DTK7108";
    internal const string JournalKeyMissing = "DTK7109";
    internal const string LeftOverUnproven = "DTK7110";
    internal const string JournalNotImported = "DTK7111";
    internal const string JournalLockNotHeld = "DTK7112";
    internal const string JournalMayBeLost = "DTK7113";
    internal const string JournalSchemaShared = "DTK7114";
    internal const string JournalSummaryWrong = "DTK7115";
    internal const string JournalNotArchived = "DTK7116";

    internal const string StepFailed = "DTK7201";
    internal const string StepTimedOut = "DTK7202";
    internal const string StepAbandoned = "DTK7203";
    internal const string StepInDoubt = "DTK7204";
    internal const string RevertFailed = "DTK7205";
    internal const string RunInterrupted = "DTK7206";
    internal const string PromotionOfAnotherBuild = "DTK7207";
    internal const string ServiceNotMade = "DTK7208";
    internal const string SecretSourceNeedsSecrets = "DTK7209";
    internal const string GateRefused = "DTK7210";
    internal const string GateErrored = "DTK7211";
    internal const string NotSoaked = "DTK7212";
    internal const string OutsideWindow = "DTK7213";
    internal const string EnvironmentFrozen = "DTK7214";
    internal const string NotApproved = "DTK7215";
    internal const string NotPromotable = "DTK7216";
    internal const string ApprovalRefused = "DTK7217";
    internal const string ChecklistOpen = "DTK7218";
    internal const string CommandGateClosed = "DTK7219";
    internal const string TargetUnhealthy = "DTK7220";
    internal const string BackupTooOld = "DTK7221";
    internal const string FaultsFound = "DTK7222";
    internal const string ApproverInvalid = "DTK7223";
    internal const string HotfixRefused = "DTK7224";
    internal const string GlassRefused = "DTK7225";
    internal const string NotReviewed = "DTK7226";

    internal const string TestReportUnreadable = "DTK7230";
    internal const string TestsNotPassed = "DTK7231";
    internal const string EvidenceRefused = "DTK7232";
    internal const string EvidenceKeyInvalid = "DTK7233";

    internal const string ReceiverUnreachable = "DTK7240";

    internal const string MigrationChanged = "DTK7301";
    internal const string MigrationMissing = "DTK7302";
    internal const string MigrationFailed = "DTK7303";
    internal const string MigrationWayBackMissing = "DTK7304";
    internal const string MigrationUnreadable = "DTK7305";
    internal const string MigrationOutOfOrder = "DTK7306";
    internal const string MigrationCascades = "DTK7307";
    internal const string MigrationNotUtf8 = "DTK7308";
    internal const string MigrationFileIgnored = "DTK7309";
    internal const string MigrationParameter = "DTK7310";
    internal const string MigrationOtherRows = "DTK7311";
    internal const string MigrationForeignKeys = "DTK7312";
    internal const string MigrationMarker = "DTK7313";
    internal const string MigrationTimedOut = "DTK7314";
    internal const string MigrationNotRepaired = "DTK7315";
    internal const string MigrationHalfApplied = "DTK7316";
    internal const string ModelWithoutMigration = "DTK7330";
    internal const string SchemaBehind = "DTK7331";
    internal const string RehearsalNotPossible = "DTK7332";
    internal const string RehearsalFailed = "DTK7333";
    internal const string DatabaseOfOtherTool = "DTK7334";
    internal const string BaselineRefused = "DTK7335";
    internal const string DatabaseBaselined = "DTK7336";
    internal const string ContractTooEarly = "DTK7337";
    internal const string MigrationNotVerified = "DTK7338";
    internal const string NotRehearsed = "DTK7341";
    internal const string MigrationsNotMoved = "DTK7342";
    internal const string ScriptNotPossible = "DTK7343";
    internal const string BatchWithoutEnd = "DTK7344";
    internal const string TenantsFailed = "DTK7351";
    internal const string TenantsNotReverted = "DTK7352";
    internal const string TenantsNotFound = "DTK7353";
    internal const string TenantUnreachable = "DTK7354";

    internal const string DatabaseUnavailable = "DTK7401";
    internal const string BackupFailed = "DTK7402";
    internal const string BackupUnusable = "DTK7403";
    internal const string RestoreBlocked = "DTK7404";
    internal const string DatabaseNotReplaceable = "DTK7405";
    internal const string DatabaseInUse = "DTK7406";
    internal const string BackupKeyMissing = "DTK7408";
    internal const string BackupNotPruned = "DTK7407";
    internal const string DatabaseForeign = "DTK7415";
    internal const string DatabaseUnexpected = "DTK7416";
    internal const string DatabaseTakenOver = "DTK7417";
    internal const string DatabaseRelative = "DTK7418";
    internal const string DatabaseStamped = "DTK7419";
    internal const string PlanOfOther = "DTK7420";
    internal const string IsolationBroken = "DTK7421";
    internal const string HostDenied = "DTK7422";
    internal const string IsolationWaiverIdle = "DTK7423";
    internal const string IsolationIncomplete = "DTK7424";

    internal const string Unhealthy = "DTK7501";
    internal const string DependencyUnreachable = "DTK7502";
    internal const string CredentialRefused = "DTK7503";
    internal const string DependencySlow = "DTK7504";
    internal const string HealthGateAsksNothing = "DTK7505";
    internal const string StopCutShort = "DTK7506";

    internal const string CommandLineInvalid = "DTK7601";
    internal const string UnexpectedError = "DTK7602";

    internal const string SealedFileInvalid = "DTK7701";
    internal const string SealedFileTampered = "DTK7702";
    internal const string SealedFileForeign = "DTK7703";
    internal const string SealedFileOutdated = "DTK7704";
    internal const string SealedFileBusy = "DTK7705";
    internal const string SecretsKeyMissing = "DTK7706";
    internal const string SecretsKeyUnsafe = "DTK7707";
    internal const string SecretUnknown = "DTK7708";
    internal const string SecretNotReadable = "DTK7709";
    internal const string SecretInvalid = "DTK7710";
    internal const string RecipientInvalid = "DTK7711";
    internal const string SecretExposed = "DTK7712";
    internal const string ProposalInvalid = "DTK7713";
    internal const string MergeConflict = "DTK7714";
    internal const string SecretInClear = "DTK7715";
    internal const string SecretChanged = "DTK7716";
    internal const string SecretNotRenewable = "DTK7717";
    internal const string SecretShadowed = "DTK7718";
    internal const string SecretIssuerFailed = "DTK7719";
    internal const string SealedHeaderUnsigned = "DTK7720";
    internal const string RootUnknown = "DTK7721";
    internal const string RootForeign = "DTK7722";
    internal const string MergeUnverified = "DTK7723";
    internal const string RecipientsMerged = "DTK7724";
    internal const string ProposalIgnored = "DTK7725";
    internal const string SealedFormatOther = "DTK7726";
    internal const string SecretTooShort = "DTK7730";
    internal const string SecretEmpty = "DTK7731";
    internal const string RecipientIsYou = "DTK7732";
    internal const string EditorUnavailable = "DTK7733";
    internal const string CommandUnavailable = "DTK7734";
    internal const string StagedFilesUnavailable = "DTK7735";
}
