namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>The verbs by name, each made when it is asked for: a process runs one of them.</summary>
internal static class VerbCatalog
{
    /// <summary>In the order in which help and documentation show them.</summary>
    internal static readonly string[] Paths =
    [
        "check", "plan", "up", "resume", "abort", "rollback", "unhold", "status", "history", "verify-journal", "health",
        "migrations list", "migrations add", "backup list", "backup create", "backup restore",
    ];

    internal static Verb Create(string path) => path switch
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
        "migrations list" => new MigrationsListVerb(),
        "migrations add" => new MigrationsAddVerb(),
        "backup list" => new BackupListVerb(),
        "backup create" => new BackupCreateVerb(),
        "backup restore" => new BackupRestoreVerb(),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "There is no such verb."),
    };

    internal static string DescriptionOfGroup(string group) => group switch
    {
        "migrations" => "Lists the migrations, or adds one.",
        _ => "Lists, takes and restores backups of the database.",
    };
}
