using Deployment.Toolkit.Journal;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A way that a deployment can go, and what must hold at its end whatever killed it on the way.</summary>
internal sealed record Scenario(string Name, string Verb, string[] Options)
{
    internal static readonly string[] Names = ["up", "up that turns unhealthy", "up that turns unhealthy, with a migration that only a backup takes back", Eleven, ElevenByBackup, Compacts, TwoByBackup, TwoFails, TwoBack, "rollback", "restore", "up" + InSqlite, "restore" + InSqlite, "renewal", "renewal that turns unhealthy", PromotionUnhealthy, Paying, Hotfix, Glass, Glass + " that turns unhealthy"];

    private const string InSqlite = ", with the journal in SQLite";
    private const string Eleven = "up that turns unhealthy, with eleven tables";
    private const string ElevenByBackup = "up that turns unhealthy, with eleven tables that only a backup takes back";
    private const string Compacts = "up that rebuilds a table and compacts, and turns unhealthy";

    private const string PromotionUnhealthy = "promotion that turns unhealthy";
    private const string Paying = "promotion that pays what is owed";
    private const string Hotfix = "hotfix";
    private const string Glass = "hotfix behind the glass";

    private const string TwoByBackup = "up of two databases that turns unhealthy, one of which only a backup takes back";
    private const string TwoFails = "up of two databases, of which the second fails";
    private const string TwoBack = "rollback of two databases";

    private const string DirectoryUp = "up in a release directory";
    private const string DirectoryUnhealthy = "up in a release directory that turns unhealthy";
    private const string DirectoryBack = "rollback in a release directory";

    /// <summary>Over releases in folders, some of them bad; they have tests of their own.</summary>
    internal static readonly string[] OfDirectory = [DirectoryUp, DirectoryUnhealthy, DirectoryBack];

    /// <summary>Rollbacks by each way that a schema and a release can go back.</summary>
    internal static readonly string[] Rollbacks = ["rollback", BackByBackup, DirectoryBack];

    private const string BackByBackup = "rollback by a backup";

    // Good ones are to be there after them.
    private static readonly string[] Bad = ["1.1.0", "1.2.0"];

    private const string Items = """
        CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO items (name) VALUES ('one'), ('two'), ('three');
        """;

    private string _before = "";
    private string _after = "";

    internal static Scenario Get(string name) => name switch
    {
        "up" => new Scenario(name, "up", []),
        "rollback" or TwoBack or DirectoryBack => new Scenario(name, "rollback", []),
        BackByBackup => new Scenario(name, "rollback", ["--accept"]),
        "restore" or "restore" + InSqlite => new Scenario(name, "restore", ["--accept"]),
        "renewal" or "renewal that turns unhealthy" => new Scenario(name, "renew", []),
        _ when IsPromotionNamed(name) => new Scenario(name, "promote", []),
        _ => new Scenario(name, "up", []),
    };

    /// <summary>
    /// How often in a row a recovery is interrupted: once, and not at all for renewals and larger schemas, whose recoveries are made of the same
    /// steps. DTK_CRASH_DEPTH=any goes on until no new state comes.
    /// </summary>
    internal int Depth => Environment.GetEnvironmentVariable("DTK_CRASH_DEPTH") == "any" ? int.MaxValue : IsRenewal || IsPromotion || Name is Eleven or ElevenByBackup or Compacts or TwoByBackup or TwoFails or TwoBack ? 0 : 1;

    private bool IsUp => Verb is "up" or "promote";

    private bool IsHotfix => Name.StartsWith(Hotfix, StringComparison.Ordinal);

    private bool IsPromotion => IsPromotionNamed(Name);

    private static bool IsPromotionNamed(string name) => name.StartsWith("promotion", StringComparison.Ordinal) || name.StartsWith(Hotfix, StringComparison.Ordinal);

    private bool IsRenewal => Verb == "renew";

    private bool IsUnhealthy => Name is TwoFails || Name.Contains("unhealthy", StringComparison.Ordinal);

    private bool IsOfDirectory => OfDirectory.Contains(Name, StringComparer.Ordinal);

    private bool IsPinning => Rollbacks.Contains(Name, StringComparer.Ordinal);

    private bool IsOfTwo => Name.Contains("two databases", StringComparison.Ordinal);

    /// <summary>Makes the state that the scenario begins in, and goes through it once without being killed.</summary>
    internal async Task<CrashFolder> PrepareAsync(string root, string? journal = null)
    {
        var start = new CrashFolder(root);
        if (Name.EndsWith(InSqlite, StringComparison.Ordinal)) start.Write(CrashFolder.Elsewhere, "");
        if (journal is not null) start.Write(CrashFolder.Elsewhere, journal);
        start.Write("migrations/0001_items.sql", Items);
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        if (IsOfTwo)
        {
            start.Write("audit/0001_log.sql", "CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);\nINSERT INTO log (what) VALUES ('begun');");
            start.Write("audit/0001_log.down.sql", "DROP TABLE log;");
        }

        if (IsRenewal) await SealAsync(start);
        if (IsPromotion) await VerifyFirstAsync(start);
        // Configuration that differs is pinned by a rollback, and lifted by the next up: put back when that fails.
        if (IsPinning) start.Write("title.txt", "old");
        if (IsOfDirectory)
            foreach (var version in (string[])["1.0.0", .. Bad, "2.0.0"])
                foreach (var file in ReleaseDirectory.Files) start.Write($"{ReleaseDirectory.Root}/releases/{version}/{file}", version);
        await ExpectAsync(start, Name == Paying ? "promote" : "up", "1.0.0", "Succeeded");
        if (IsPinning) start.Write("title.txt", "new");
        if (Name == "up that turns unhealthy") start.Write(".deployment/production/pinned.json", """{ "release": "0.9.0", "run": "earlier", "values": { "Title": "pinned" }, "removed": [] }""");
        start.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;\nCREATE INDEX items_title ON items (title);");
        start.Write("migrations/0002_title.down.sql", "DROP INDEX items_title;\nALTER TABLE items DROP COLUMN title;");
        start.Write("migrations/0003_more.sql", "INSERT INTO items (name) VALUES ('four');\nCREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);");
        if (!Name.Contains("backup", StringComparison.Ordinal)) start.Write("migrations/0003_more.down.sql", "DROP TABLE notes;\nDELETE FROM items WHERE name = 'four';");

        if (Name is Eleven or ElevenByBackup) start.Write("migrations/0005_shop.sql", Shop.Up);
        if (Name is Eleven) start.Write("migrations/0005_shop.down.sql", Shop.Down);
        if (Name is Compacts)
        {
            start.Write("migrations/0005_rebuild.sql", "-- foreign-keys: off\nCREATE TABLE new_items (id INTEGER PRIMARY KEY, name TEXT, title TEXT);\nINSERT INTO new_items SELECT id, name, title FROM items;\nDROP TABLE items;\nALTER TABLE new_items RENAME TO items;\nCREATE INDEX items_title ON items (title);");
            start.Write("migrations/0006_compact.sql", "-- transaction: none\nVACUUM;");
        }

        if (IsOfTwo)
        {
            start.Write("audit/0002_who.sql", "ALTER TABLE log ADD COLUMN who TEXT;\nCREATE TABLE seen (id INTEGER PRIMARY KEY, text TEXT);");
            start.Write("audit/0002_who.down.sql", "DROP TABLE seen;\nALTER TABLE log DROP COLUMN who;");
            if (Name is TwoFails) start.Write("audit/0003_broken.sql", "INSERT INTO nowhere VALUES (1);");
        }

        if (IsPromotion) await LetInAsync(start);
        if (IsOfDirectory) await FailAsync(start);
        if (IsUnhealthy && Name is not TwoFails) start.Write("unhealthy", "");
        if (!IsUp && !IsRenewal) await ExpectAsync(start, "up", "2.0.0", "Succeeded");
        _before = start.World();

        var whole = start.CopyTo(root);
        await ExpectAsync(whole, Verb, "2.0.0", IsUnhealthy ? "RolledBack" : "Succeeded", Options);
        _after = whole.World();
        Assert.Equal(IsUnhealthy, _before == _after);
        whole.Delete();
        return start;
    }

    /// <summary>Fails unless the folder is in one of the two states that a whole deployment could have left, and nothing holds it up.</summary>
    internal void AssertEnded(CrashFolder folder, string how)
    {
        Assert.True(folder.IsLockFree(), $"{how}: the lock is still held");
        var content = folder.Journal();
        Assert.True(content.Fault is null, $"{how}: {content.Fault}");
        var ledger = folder.Ledger();
        Assert.True(ledger.OpenRun is null, $"{how}: run {ledger.OpenRun?.Id} is open: {string.Join(' ', ledger.OpenRun?.Messages ?? [])}");

        var run = ledger.Runs[^1];
        var isDone = run.Plan.Kind == ThisKind && run.State == RunState.Succeeded && ledger.Runs.Count > RunsBefore;
        var expected = isDone ? _after : _before;
        Assert.True(folder.World() == expected, $"{how}: ended {run.State} and left\n{folder.World()}\nwhere this belongs\n{expected}");
        Assert.True(!isDone || !IsUnhealthy, $"{how}: an unhealthy release succeeded");
        AssertAudited(folder, how);
        folder.AssertReleases(how, ReleasesBefore);
        Assert.True(!IsOfDirectory || folder.Linked == ledger.Current?.Evidence.Release.Version, $"{how}: the journal holds {ledger.Current?.Evidence.Release} as the present release, and the link names {folder.Linked}");
        // What was skipped is owed once it is there, and not for what was taken back; what let it in lets nothing in a second time.
        Assert.True(ledger.Promotion.Debts.Count == ((isDone ? IsHotfix : Name == Paying) ? 1 : 0), $"{how}: ended {run.State} with {ledger.Promotion.Debts.Count} hotfixes owed");
        Assert.True(!isDone || ledger.Promotion.Approvals.Count == 0, $"{how}: an approval outlived its release");
    }

    /// <summary>Fails where something is there that skipped what the journal doesn't say it skipped, at whichever moment one looks.</summary>
    internal void AssertAudited(CrashFolder folder, string how)
    {
        if (!IsPromotion || folder.Text("live.txt") != "2.0.0") return;

        var ledger = EnvironmentLedger.From(folder.Journal().Records);
        var run = ledger.Runs[^1];
        Assert.True(run.Plan.Release.ToString() == "2.0.0" && run.Plan.Gates.All(static gate => gate.Outcome == GateOutcome.Passed || gate.Bypassed is not null), $"{how}: it is live, and the last run is {run.Plan.Release}");
        Assert.True(!IsHotfix ? run.Plan.Bypass is null : run.Plan.Bypass is { IsHotfix: true, Reason: "orders are lost" }, $"{how}: it skipped {run.Plan.Bypass}");
        Assert.True(ledger.Promotion.Glass.Count(glass => glass.Broken.Run == run.Id) == (Name.StartsWith(Glass, StringComparison.Ordinal) ? 1 : 0), $"{how}: the glass was broken {ledger.Promotion.Glass.Count} times");
    }

    private RunKind ThisKind => Verb switch { "up" or "promote" => RunKind.Up, "renew" => RunKind.Renew, "rollback" => RunKind.Rollback, _ => RunKind.Restore };

    private int RunsBefore => (IsUp || IsRenewal ? 1 : 2) + (IsOfDirectory ? Bad.Length : 0);

    /// <summary>The releases that are there throughout: what is live, what would be, and what there is to go back to.</summary>
    internal string[] ReleasesBefore => IsOfDirectory ? ["1.0.0", "2.0.0"] : [];

    private static async Task FailAsync(CrashFolder folder)
    {
        folder.Write("unhealthy", "");
        foreach (var version in Bad) await ExpectAsync(folder, "up", version, "RolledBack");
        File.Delete(Path.Combine(folder.Path, "unhealthy"));
    }

    private async Task VerifyFirstAsync(CrashFolder folder)
    {
        if (Name.StartsWith(Glass, StringComparison.Ordinal))
        {
            using var key = SealedKey.Generate();
            folder.Write(Promotions.KeyFile, key.Export().Reveal());
        }

        folder.Write(Promotions.File, Name == Paying ? Hotfix : Name);
        await ExpectAsync(folder, Name == Paying ? "approve" : "verify", "1.0.0", "Succeeded");
    }

    private async Task LetInAsync(CrashFolder folder)
    {
        folder.Write(Promotions.File, Name);
        if (!IsHotfix) await ExpectAsync(folder, "verify", "2.0.0", "Succeeded");
        else if (Name == Hotfix) await ExpectAsync(folder, "approve", "2.0.0", "Succeeded");
    }

    private static async Task SealAsync(CrashFolder folder)
    {
        using var key = SealedKey.GenerateRaw();
        folder.Write("test.key", key.Export().Reveal());
        folder.Write("issuer.txt", "first by-hand\n");
        var secrets = new SealedSecrets(Path.Combine(folder.Path, SealedSecrets.FileName("Production")), "Production", key);
        await secrets.InitializeAsync("test", key, new SealedFileSettings { DevelopmentKey = "test.key" }, CancellationToken.None);
        await secrets.SetAsync("Key", new Secret("first"), default, CancellationToken.None);
    }

    private static async Task ExpectAsync(CrashFolder folder, string verb, string release, string outcome, params string[] options)
    {
        var result = await ThisProcess.RunAsync(folder.Path, verb, release, options);
        Assert.True(result.Outcome == outcome, $"{verb} of {release}: {result.Output}");
    }
}
