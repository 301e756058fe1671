using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// Reads by hand what records hold: every verb begins with it, and the serializer's warm-up would cost more than all the rest. Written are
/// they by <see cref="JournalJson"/>. A record that lacks what it must have is unreadable: what is missing must not be taken for a zero.
/// </summary>
internal static partial class RecordData
{
    internal static LockTaken LockTaken(JsonElement data) =>
        new(
            Text(data, "verb"),
            Holder(Object(data, "holder")),
            TextOrNull(data, "key"),
            TextOrNull(data, "keyId"),
            TextOrNull(data, "newKeyReason"),
            Has(data, "givenUp", out var lost) ? Texts(lost) : null
        );

    internal static RunPlanned RunPlanned(JsonElement data) =>
        new(
            PlanData.Read(Object(data, "plan")),
            Text(data, "by"),
            Has(data, "configuration", out var configuration) ? Configuration(configuration) : null
        )
        {
            Claimed = TextOrNull(data, "claimed"),
            Source = Has(data, "source", out var source)
                ? new JournalHeads(
                    Text(source, "environment"),
                    TextOrNull(source, "journal"),
                    Number(source, "records"),
                    Text(source, "hash")
                )
                : null,
        };

    internal static StepIntent StepIntent(JsonElement data) => new(Text(data, "step"), Direction(data), (int)Number(data, "attempt"));

    internal static StepNoted StepNoted(JsonElement data) => new(Text(data, "step"), Text(data, "key"), Text(data, "value"));

    internal static StepResult StepResult(JsonElement data) =>
        new(
            Text(data, "step"),
            Direction(data),
            (int)Number(data, "attempt"),
            Get(data, "succeeded").GetBoolean(),
            Get(data, "durationSeconds").GetDouble(),
            Has(data, "error", out var error) ? Message(error) : null,
            Is(data, "abandoned"),
            Is(data, "willRetry"),
            Has(data, "data", out var kept) ? Dictionary(kept, StringComparer.Ordinal) : null,
            Has(data, "output", out var output) ? Texts(output) : null,
            Is(data, "kept")
        );

    internal static StepResolved StepResolved(JsonElement data) =>
        new(Text(data, "step"), Direction(data), (ProbeOutcome)Named(data, "outcome", typeof(ProbeOutcome)), Text(data, "by"));

    internal static TenantsTold TenantsTold(JsonElement data) =>
        new(
            Text(data, "step"),
            List(
                Get(data, "tenants"),
                static item => new TenantResult
                {
                    Id = Text(item, "id"),
                    Outcome = (TenantOutcome)Named(item, "outcome", typeof(TenantOutcome)),
                    Migrations = Has(item, "migrations", out var migrations) ? migrations.GetInt32() : 0,
                    DurationSeconds = Has(item, "durationSeconds", out var seconds) ? seconds.GetDouble() : 0,
                    Error = TextOrNull(item, "error"),
                    Backup = TextOrNull(item, "backup"),
                    BackupSha256 = TextOrNull(item, "backupSha256"),
                }
            )
        );

    internal static RunResumed RunResumed(JsonElement data) => new(Text(data, "verb"), Text(data, "by"), Is(data, "acceptsDataLoss"));

    internal static RunEnded RunEnded(JsonElement data) =>
        new((RunState)Named(data, "state", typeof(RunState)), List(Get(data, "messages"), Message));

    internal static ReleaseVerified ReleaseVerified(JsonElement data) =>
        new(Release(Object(data, "release")), Texts(Get(data, "schema")), Configuration(Object(data, "configuration")))
        {
            Migrations = Has(data, "migrations", out var migrations) ? List(migrations, Migration) : null,
            Databases = Has(data, "databases", out var databases)
                ? List(databases, static item => new VerifiedDatabase(Text(item, "name"), Texts(Get(item, "schema"))))
                : null,
        };

    internal static ReleaseHeld ReleaseHeld(JsonElement data) =>
        new(Release(Object(data, "release")), Text(data, "reason"), Text(data, "by"));

    internal static HoldReleased HoldReleased(JsonElement data) =>
        new(Release(Object(data, "release")), Text(data, "reason"), Text(data, "by"));

    internal static EnvironmentFrozen EnvironmentFrozen(JsonElement data) => new(Text(data, "reason"), Text(data, "by"));

    internal static EnvironmentThawed EnvironmentThawed(JsonElement data) => new(Text(data, "reason"), Text(data, "by"));

    internal static TestsRecorded TestsRecorded(JsonElement data) =>
        new(
            Text(data, "suite"),
            Release(Object(data, "release")),
            Get(data, "hasPassed").GetBoolean(),
            Text(data, "told"),
            Text(data, "format"),
            Text(data, "by"),
            TextOrNull(data, "sha256")
        )
        {
            Passed = (int)Number(data, "passed"),
            Failed = (int)Number(data, "failed"),
            Skipped = (int)Number(data, "skipped"),
            Failures = Has(data, "failures", out var failures) ? Texts(failures) : null,
            Source = TextOrNull(data, "source"),
            At = Has(data, "at", out var at) ? at.GetDateTimeOffset() : null,
        };

    internal static EvidenceExported EvidenceExported(JsonElement data) =>
        new(
            Release(Object(data, "release")),
            Text(data, "run"),
            Text(data, "sha256"),
            Number(data, "sequence"),
            Text(data, "keyId"),
            Get(data, "expiresAt").GetDateTimeOffset(),
            Text(data, "by")
        );

    internal static EvidenceImported EvidenceImported(JsonElement data) =>
        new(
            Text(data, "environment"),
            Text(data, "environmentId"),
            Text(data, "sha256"),
            Text(data, "key"),
            Text(data, "keyId"),
            Number(data, "sequence"),
            Release(Object(data, "release")),
            Text(data, "run"),
            Text(data, "planHash"),
            Get(data, "verifiedAt").GetDateTimeOffset(),
            Get(data, "liveSince").GetDateTimeOffset(),
            Get(data, "exportedAt").GetDateTimeOffset(),
            Get(data, "expiresAt").GetDateTimeOffset(),
            Texts(Get(data, "schema")),
            List(Get(data, "holds"), Release),
            List(Get(data, "tests"), TestsRecorded),
            Text(data, "by")
        )
        {
            Migrations = Has(data, "migrations", out var migrations) ? List(migrations, Migration) : null,
            Isolation = Has(data, "isolation", out var isolation) ? IsolationObserved(isolation) : null,
        };

    internal static IsolationObserved IsolationObserved(JsonElement data) =>
        new(
            Text(data, "keyId"),
            List(
                Get(data, "facts"),
                static fact => new ObservedFact(Text(fact, "kind"), Text(fact, "subject"), Text(fact, "fingerprint"))
                {
                    Instance = TextOrNull(fact, "instance"),
                    Stamp = TextOrNull(fact, "stamp"),
                }
            )
        );

    internal static EvidenceKeyTrusted EvidenceKeyTrusted(JsonElement data) =>
        new(Text(data, "name"), Text(data, "environment"), Text(data, "publicKey"), Text(data, "keyId"), Text(data, "by"));

    internal static EvidenceKeyRemoved EvidenceKeyRemoved(JsonElement data) =>
        new(Text(data, "name"), Text(data, "environment"), Text(data, "by"));

    private static VerifiedMigration Migration(JsonElement item) =>
        new(Text(item, "version"), TextOrNull(item, "checksum"), TextOrNull(item, "wayBack")) { Database = TextOrNull(item, "database") };

    internal static SecretsEpoch SecretsEpoch(JsonElement data) =>
        new(Text(data, "file"), Number(data, "epoch"), TextOrNull(data, "header"));

    internal static DatabaseTakenOver DatabaseTakenOver(JsonElement data) =>
        new(Texts(Get(data, "schema")), Texts(Get(data, "from")), Text(data, "reason"), Text(data, "by"))
        {
            Runs = Has(data, "runs", out var runs) ? Texts(runs) : null,
            Database = TextOrNull(data, "database"),
            Stamp = TextOrNull(data, "stamp"),
        };

    internal static DatabaseBaselined DatabaseBaselined(JsonElement data) =>
        new(Texts(Get(data, "schema")), Texts(Get(data, "added")), Text(data, "run"), Text(data, "reason"), Text(data, "by"))
        {
            Tool = TextOrNull(data, "tool"),
            Database = TextOrNull(data, "database"),
        };

    internal static MigrationsScripted MigrationsScripted(JsonElement data) =>
        new(Text(data, "run"), Texts(Get(data, "versions")), Get(data, "isDown").GetBoolean(), Text(data, "sha256"), Text(data, "by"))
        {
            Database = TextOrNull(data, "database"),
        };

    internal static MigrationsRehearsed MigrationsRehearsed(JsonElement data) =>
        new(
            Text(data, "plan"),
            Release(Object(data, "release")),
            Texts(Get(data, "migrations")),
            Get(data, "isProven").GetBoolean(),
            Text(data, "by")
        )
        {
            Tenant = TextOrNull(data, "tenant"),
            Failed = TextOrNull(data, "failed"),
            Database = TextOrNull(data, "database"),
        };

    internal static BackupsPruned BackupsPruned(JsonElement data) =>
        new(
            List(Get(data, "backups"), static item => new PrunedBackup(Text(item, "name"), Text(item, "sha256"))),
            Get(data, "keep").GetInt32(),
            Text(data, "by"),
            Has(data, "keepForSeconds", out var seconds) ? seconds.GetDouble() : null
        )
        {
            Database = TextOrNull(data, "database"),
        };

    internal static PresentState PresentState(JsonElement data) =>
        new(
            Number(data, "records"),
            Number(data, "bytes"),
            Text(data, "hash"),
            Text(data, "journal"),
            Get(data, "since").GetDateTimeOffset(),
            Number(data, "fence"),
            Texts(Get(data, "standing")),
            Text(data, "standingHash"),
            TextOrNull(data, "keyId")
        );

    internal static JournalArchived JournalArchived(JsonElement data) =>
        new(
            Text(data, "file"),
            Text(data, "sha256"),
            Number(data, "from"),
            Number(data, "to"),
            Text(data, "by"),
            PresentState(Object(data, "state")),
            [.. Get(data, "left").EnumerateArray().Select(static number => number.GetInt64())]
        );

    internal static KeptHead KeptHead(JsonElement data) => new(TextOrNull(data, "journal"), Number(data, "records"), Text(data, "hash"));

    internal static Release Release(JsonElement data) => new(Text(data, "version"), TextOrNull(data, "commit"));

    internal static JsonElement Get(JsonElement data, string name) =>
        Has(data, name, out var value) ? value : throw new JsonException($"It has no '{name}'.");

    internal static JsonElement Object(JsonElement data, string name) =>
        Get(data, name) is { ValueKind: JsonValueKind.Object } value ? value : throw new JsonException($"Its '{name}' is no object.");

    // Written is nothing that is null, and read as absent.
    internal static bool Has(JsonElement data, string name, out JsonElement value) =>
        data.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    internal static string Text(JsonElement data, string name) => Get(data, name).GetString()!;

    internal static string? TextOrNull(JsonElement data, string name) => Has(data, name, out var value) ? value.GetString() : null;

    internal static long Number(JsonElement data, string name) => Get(data, name).GetInt64();

    internal static bool Is(JsonElement data, string name) => Has(data, name, out var value) && value.GetBoolean();

    internal static object Named(JsonElement data, string name, Type type) =>
        Enum.TryParse(type, Text(data, name), ignoreCase: true, out var value) && Enum.IsDefined(type, value!)
            ? value!
            : throw new JsonException($"Its '{name}' is none that is known.");

    internal static List<string> Texts(JsonElement array) =>
        List(array, static item => item.GetString() ?? throw new JsonException("It lists nothing."));

    internal static List<T> List<T>(JsonElement array, Func<JsonElement, T> read)
        where T : class
    {
        var list = new List<T>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
            list.Add(read(item));
        return list;
    }

    internal static Dictionary<string, string> Dictionary(JsonElement data, StringComparer comparer)
    {
        var texts = new Dictionary<string, string>(comparer);
        foreach (var text in data.EnumerateObject())
            texts[text.Name] = text.Value.GetString() ?? throw new JsonException($"Its '{text.Name}' is nothing.");
        return texts;
    }

    private static StepDirection Direction(JsonElement data) => (StepDirection)Named(data, "direction", typeof(StepDirection));

    private static JournalHolder Holder(JsonElement data) =>
        new(Text(data, "user"), Text(data, "host"), (int)Number(data, "processId"), Get(data, "processStarted").GetDateTimeOffset())
        {
            SudoUser = TextOrNull(data, "sudoUser"),
            CiIdentity = TextOrNull(data, "ciIdentity"),
            Claimed = TextOrNull(data, "claimed"),
        };

    private static RecordedConfiguration Configuration(JsonElement data) =>
        new(Text(data, "hash"), Dictionary(Object(data, "keys"), StringComparer.OrdinalIgnoreCase))
        {
            KeyId = TextOrNull(data, "keyId"),
            Values = Has(data, "values", out var values) ? Dictionary(values, StringComparer.OrdinalIgnoreCase) : null,
        };

    private static DeploymentMessage Message(JsonElement data) =>
        new(
            Text(data, "code"),
            Text(data, "text"),
            Has(data, "severity", out _) ? (MessageSeverity)Named(data, "severity", typeof(MessageSeverity)) : MessageSeverity.Error
        )
        {
            Key = TextOrNull(data, "key"),
            File = TextOrNull(data, "file"),
            Line = Has(data, "line", out var line) ? line.GetInt32() : null,
            Column = Has(data, "column", out var column) ? column.GetInt32() : null,
            Excerpt = TextOrNull(data, "excerpt"),
        };
}
