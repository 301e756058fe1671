using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>
/// The verbs by name, each made when it is asked for: a process runs one of them. A row also names the kinds of section that the verb's
/// report may have, by their keys, which are constants: no section is loaded for it.
/// </summary>
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
        "watch",
        "promote",
        "approve",
        "reject",
        "review",
        "checklist list",
        "checklist tick",
        "checklist untick",
        "approvers list",
        "approvers add",
        "approvers remove",
        "hold",
        "unhold",
        "freeze",
        "unfreeze",
        "status",
        "history",
        "evidence add",
        "evidence list",
        "evidence export",
        "evidence import",
        "evidence keys list",
        "evidence keys add",
        "evidence keys remove",
        "notify test",
        "notify send",
        "verify-journal",
        "journal export",
        "journal import",
        "journal archive",
        "health",
        "rehearse",
        "isolation",
        "isolation adopt",
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
        "migrations baseline",
        "migrations lint",
        "migrations script",
        "migrations up",
        "migrations down",
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

    // In parts: each is compiled whole at the start of a verb that is in it.
    /// <summary>Whether a verb is called that, or begins with it.</summary>
    internal static bool Has(string word) =>
        Array.Exists(
            Paths,
            path => path.StartsWith(word, StringComparison.Ordinal) && (path.Length == word.Length || path[word.Length] == ' ')
        );

    internal static Verb Create(string path) =>
        path.StartsWith("secrets ", StringComparison.Ordinal) ? CreateOfSecrets(path)
        : path.Contains(' ', StringComparison.Ordinal) ? CreateOfGroup(path)
        : path switch
        {
            "check" => new CheckVerb(),
            "plan" => new PlanVerb { Reports = [PlanSection.Key, ScriptsSection.Key] },
            "up" => new UpVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "resume" => new ResumeVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "abort" => new AbortVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "rollback" => new RollbackVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "promote" => new PromoteVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "approve" => new ApproveVerb(),
            "reject" => new RejectVerb(),
            "review" => new ReviewVerb(),
            "hold" => new HoldVerb(),
            "unhold" => new UnholdVerb(),
            "freeze" => new FreezeVerb(),
            "unfreeze" => new UnfreezeVerb(),
            "status" => new StatusVerb { Reports = [EnvironmentsSection.Key] },
            "history" => new HistoryVerb { Reports = [RunsSection.Key, PlanSection.Key, RunSection.Key, FiguresSection.Key] },
            "verify-journal" => new VerifyJournalVerb(),
            "health" => new HealthVerb { Reports = [ChecksSection.Key] },
            "isolation" => new IsolationVerb { Reports = [IsolationSection.Key] },
            "watch" => new WatchVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "rehearse" => new RehearseVerb { Reports = [RehearsalSection.Key] },
            _ => throw Unknown(path),
        };

    private static Verb CreateOfGroup(string path) =>
        path switch
        {
            "evidence add" => new EvidenceAddVerb(),
            "evidence list" => new EvidenceListVerb { Reports = [TestsSection.Key, BundlesSection.Key] },
            "evidence export" => new EvidenceExportVerb(),
            "evidence import" => new EvidenceImportVerb(),
            "evidence keys list" => new EvidenceKeysListVerb { Reports = [KeysSection.Key] },
            "evidence keys add" => new EvidenceKeysAddVerb(),
            "evidence keys remove" => new EvidenceKeysRemoveVerb(),
            "checklist list" => new ChecklistListVerb { Reports = [ChecklistSection.Key] },
            "checklist tick" => new ChecklistTickVerb(isDone: true),
            "checklist untick" => new ChecklistTickVerb(isDone: false),
            "approvers list" => new ApproversListVerb { Reports = [ApproversSection.Key] },
            "approvers add" => new ApproversAddVerb(),
            "approvers remove" => new ApproversRemoveVerb(),
            "notify test" => new NotifyTestVerb(),
            "notify send" => new NotifySendVerb(),
            "journal export" => new JournalExportVerb(),
            "journal import" => new JournalImportVerb(),
            "journal archive" => new JournalArchiveVerb(),
            "isolation adopt" => new IsolationAdoptVerb(),
            "config show" => new ConfigShowVerb { Reports = [ValuesSection.Key] },
            "config explain" => new ConfigExplainVerb { Reports = [ValuesSection.Key, LayersSection.Key] },
            "config diff" => new ConfigDiffVerb { Reports = [DifferenceSection.Key] },
            "config drift" => new ConfigDriftVerb { Reports = [DifferenceSection.Key] },
            "config parity" => new ConfigParityVerb { Reports = [ParitySection.Key] },
            "config unpin" => new ConfigUnpinVerb { Reports = [DifferenceSection.Key] },
            "config init" => new ConfigInitVerb { Reports = [FilesSection.Key] },
            "config docs" => new ConfigDocsVerb { Reports = [DocumentSection.Key] },
            "migrations list" => new MigrationsListVerb { Reports = [MigrationsSection.Key] },
            "migrations add" => new MigrationsAddVerb { Reports = [FilesSection.Key] },
            "migrations baseline" => new MigrationsBaselineVerb { Reports = [MigrationsSection.Key] },
            "migrations lint" => new MigrationsLintVerb(),
            "migrations script" => new MigrationsScriptVerb { Reports = [DocumentSection.Key, FilesSection.Key] },
            "migrations up" => new MigrationsUpVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "migrations down" => new MigrationsDownVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "migrations repair" => new MigrationsRepairVerb(),
            "migrations take-over" => new MigrationsTakeOverVerb(),
            "backup list" => new BackupListVerb { Reports = [BackupsSection.Key] },
            "backup create" => new BackupCreateVerb { Reports = [BackupsSection.Key] },
            "backup restore" => new BackupRestoreVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "backup prune" => new BackupPruneVerb { Reports = [RetentionSection.Key] },
            _ => throw Unknown(path),
        };

    private static Verb CreateOfSecrets(string path) =>
        path switch
        {
            "secrets init" => new SecretsInitVerb { Reports = [FilesSection.Key] },
            "secrets key" => new SecretsKeyVerb { Reports = [RecipientsSection.Key] },
            "secrets set" => new SecretsSetVerb(),
            "secrets get" => new SecretsGetVerb { Reports = [ValueSection.Key] },
            "secrets edit" => new SecretsEditVerb(),
            "secrets run" => new SecretsRunVerb(),
            "secrets list" => new SecretsListVerb { Reports = [SecretsSection.Key] },
            "secrets rotate" => new SecretsRotateVerb(),
            "secrets renew" => new SecretsRenewVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "secrets retire" => new SecretsRetireVerb { Reports = [PlanSection.Key, RunSection.Key] },
            "secrets remove" => new SecretsRemoveVerb(),
            "secrets rekey" => new SecretsRekeyVerb(),
            "secrets recipients list" => new SecretsRecipientsListVerb { Reports = [RecipientsSection.Key] },
            "secrets recipients add" => new SecretsRecipientsAddVerb { Reports = [FilesSection.Key] },
            "secrets recipients remove" => new SecretsRecipientsRemoveVerb(),
            "secrets verify" => new SecretsVerifyVerb(),
            "secrets merge" => new SecretsMergeVerb(),
            "secrets import" => new SecretsImportVerb(),
            "secrets scan" => new SecretsScanVerb(),
            "secrets propose" => new SecretsProposeVerb(),
            "secrets accept" => new SecretsAcceptVerb(),
            "secrets reject" => new SecretsRejectVerb(),
            "secrets proposers list" => new SecretsProposersListVerb { Reports = [RecipientsSection.Key] },
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
            "checklist" => "Lists what has to be done before the release enters, and ticks it.",
            "approvers" => "Lists who may approve what enters the environment, adds or removes one.",
            "config" => "Shows the configuration, where it comes from and how it differs; lifts what a rollback pinned.",
            "isolation" => "Says what environments share that they must not; makes a database this environment's own.",
            "evidence" => "Records and lists what speaks for a release, and carries it to other machines in signed files.",
            "evidence keys" => "Lists whose bundles count, adds or removes a key.",
            "notify" => "Tries whether notices of runs arrive, or sends those that wait.",
            "journal" => "Moves the records of a journal from one place to another, or its old part into a file.",
            "migrations" =>
                "Lists the migrations, adds one, judges them, writes them as a script, applies or undoes them without a release, takes over what a database has already, or repairs the way back of one.",
            _ => "Lists, takes, restores and prunes backups of the database.",
        };
}
