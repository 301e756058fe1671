namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>The verbs by name, each made when it is asked for: a process runs one of them.</summary>
internal static class VerbCatalog
{
    /// <summary>In the order in which help and documentation show them.</summary>
    internal static readonly string[] Paths =
    [
        "check",
        "plan",
        "up",
        "resume",
        "abort",
        "rollback",
        "unhold",
        "status",
        "history",
        "verify-journal",
        "health",
        "config show",
        "config explain",
        "config diff",
        "config drift",
        "config parity",
        "config unpin",
        "config init",
        "config docs",
        "migrations list",
        "migrations add",
        "migrations repair",
        "migrations take-over",
        "backup list",
        "backup create",
        "backup restore",
        "backup prune",
        "secrets init",
        "secrets key",
        "secrets set",
        "secrets get",
        "secrets edit",
        "secrets run",
        "secrets list",
        "secrets rotate",
        "secrets renew",
        "secrets retire",
        "secrets remove",
        "secrets rekey",
        "secrets recipients list",
        "secrets recipients add",
        "secrets recipients remove",
        "secrets verify",
        "secrets merge",
        "secrets import",
        "secrets scan",
        "secrets propose",
        "secrets accept",
        "secrets reject",
        "secrets proposers list",
        "secrets proposers add",
        "secrets proposers remove",
    ];

    // In two halves: each is compiled whole at the start of a verb that is in it.
    internal static Verb Create(string path) =>
        path.StartsWith("secrets ", StringComparison.Ordinal)
            ? CreateOfSecrets(path)
            : path switch
            {
                "check" => new CheckVerb(),
                "plan" => new PlanVerb(),
                "up" => new UpVerb(),
                "resume" => new ResumeVerb(),
                "abort" => new AbortVerb(),
                "rollback" => new RollbackVerb(),
                "unhold" => new UnholdVerb(),
                "status" => new StatusVerb(),
                "history" => new HistoryVerb(),
                "verify-journal" => new VerifyJournalVerb(),
                "health" => new HealthVerb(),
                "config show" => new ConfigShowVerb(),
                "config explain" => new ConfigExplainVerb(),
                "config diff" => new ConfigDiffVerb(),
                "config drift" => new ConfigDriftVerb(),
                "config parity" => new ConfigParityVerb(),
                "config unpin" => new ConfigUnpinVerb(),
                "config init" => new ConfigInitVerb(),
                "config docs" => new ConfigDocsVerb(),
                "migrations list" => new MigrationsListVerb(),
                "migrations add" => new MigrationsAddVerb(),
                "migrations repair" => new MigrationsRepairVerb(),
                "migrations take-over" => new MigrationsTakeOverVerb(),
                "backup list" => new BackupListVerb(),
                "backup create" => new BackupCreateVerb(),
                "backup restore" => new BackupRestoreVerb(),
                "backup prune" => new BackupPruneVerb(),
                _ => throw Unknown(path),
            };

    private static Verb CreateOfSecrets(string path) =>
        path switch
        {
            "secrets init" => new SecretsInitVerb(),
            "secrets key" => new SecretsKeyVerb(),
            "secrets set" => new SecretsSetVerb(),
            "secrets get" => new SecretsGetVerb(),
            "secrets edit" => new SecretsEditVerb(),
            "secrets run" => new SecretsRunVerb(),
            "secrets list" => new SecretsListVerb(),
            "secrets rotate" => new SecretsRotateVerb(),
            "secrets renew" => new SecretsRenewVerb(),
            "secrets retire" => new SecretsRetireVerb(),
            "secrets remove" => new SecretsRemoveVerb(),
            "secrets rekey" => new SecretsRekeyVerb(),
            "secrets recipients list" => new SecretsRecipientsListVerb(),
            "secrets recipients add" => new SecretsRecipientsAddVerb(),
            "secrets recipients remove" => new SecretsRecipientsRemoveVerb(),
            "secrets verify" => new SecretsVerifyVerb(),
            "secrets merge" => new SecretsMergeVerb(),
            "secrets import" => new SecretsImportVerb(),
            "secrets scan" => new SecretsScanVerb(),
            "secrets propose" => new SecretsProposeVerb(),
            "secrets accept" => new SecretsAcceptVerb(),
            "secrets reject" => new SecretsRejectVerb(),
            "secrets proposers list" => new SecretsProposersListVerb(),
            "secrets proposers add" => new SecretsProposersAddVerb(),
            "secrets proposers remove" => new SecretsProposersRemoveVerb(),
            _ => throw Unknown(path),
        };

    private static ArgumentOutOfRangeException Unknown(string path) => new(nameof(path), path, "There is no such verb.");

    internal static string DescriptionOfGroup(string group) =>
        group switch
        {
            "secrets" => "Seals the environment's secrets into a file that is committed with the code.",
            "secrets recipients" => "Lists who can open the sealed file, lets somebody in, or takes somebody out.",
            "secrets proposers" => "Lists whose signed proposals count by themselves, adds or removes one.",
            "config" => "Shows the configuration, where it comes from and how it differs; lifts what a rollback pinned.",
            "migrations" => "Lists the migrations, adds one, repairs the way back of one, or takes a database over.",
            _ => "Lists, takes, restores and prunes backups of the database.",
        };
}
