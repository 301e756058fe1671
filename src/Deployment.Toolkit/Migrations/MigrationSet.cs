using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>This binary's migrations in order, and everything that is wrong with them.</summary>
internal sealed class MigrationSet
{
    private readonly Dictionary<string, MigrationDefinition> _byVersion = new(StringComparer.Ordinal);

    private MigrationSet(
        DatabaseDialect dialect,
        IReadOnlyList<MigrationDefinition> all,
        IReadOnlyList<MigrationDefinition> repeatables,
        IReadOnlyList<DeploymentMessage> faults
    )
    {
        (Dialect, All, Repeatables, Faults) = (dialect, all, repeatables, faults);
        foreach (var definition in all.Concat(repeatables))
            _byVersion.TryAdd(MigrationVersion.Normal(definition.Version), definition);
    }

    internal DatabaseDialect Dialect { get; }

    internal IReadOnlyList<MigrationDefinition> All { get; }

    /// <summary>Those that run again whenever their content is another, by name.</summary>
    internal IReadOnlyList<MigrationDefinition> Repeatables { get; }

    internal IReadOnlyList<DeploymentMessage> Faults { get; }

    /// <summary>What the journal keeps of them when their release is verified.</summary>
    internal IReadOnlyList<VerifiedMigration> Evidence =>
        [.. All.Concat(Repeatables).Select(definition => definition.ToEvidence() with { Database = Key.Recorded })];

    /// <summary>The database that they are for.</summary>
    internal DatabaseKey Key { get; private init; } = DatabaseKey.Only;

    /// <summary>How long those of a run may take.</summary>
    internal TimeSpan Limit { get; private init; }

    internal MigrationDefinition? Find(string version) => _byVersion.GetValueOrDefault(MigrationVersion.Normal(version));

    /// <summary>The histories that other tools keep of some of them.</summary>
    internal IReadOnlyList<CompanionHistory> Companions { get; private init; } = [];

    /// <param name="sources">Where they come from.</param>
    /// <param name="dialect">How their scripts read.</param>
    /// <param name="contentRoot">The app's content root.</param>
    /// <param name="services">The app's services, for what other tools describe.</param>
    /// <param name="database">The app's database; <see langword="null"/> when it has none.</param>
    /// <param name="tenants">What tells tenants from the app's databases, where they are for theirs.</param>
    internal static MigrationSet Load(
        MigrationSources sources,
        DatabaseDialect dialect,
        string contentRoot,
        IServiceProvider services,
        TargetDatabase? database,
        DatabaseKey? tenants = null
    )
    {
        var faults = new List<DeploymentMessage>();
        var companions = new List<CompanionHistory>();
        var (scripts, classes) = sources.Read(dialect, contentRoot);
        var ups = new List<MigrationDefinition>();
        var downs = new List<(string Version, MigrationScript Script)>();
        var repeatables = new RepeatableScripts(dialect);
        foreach (var script in scripts)
        {
            if (script.Unreadable is { } unreadable)
                CheckScript(faults, script, [unreadable]);
            if (repeatables.Take(script))
                continue;
            if (MigrationVersion.ParseFileName(Path.GetFileName(script.File)) is not { } parsed)
                Fault(
                    faults,
                    Codes.MigrationVersion,
                    script.File,
                    $"Migration file '{script.File}' has no version. Name it like "
                        + $"0007_{Path.GetFileNameWithoutExtension(script.File)}.sql; 'deploy migrations add NAME' does."
                );
            else if (parsed.IsDown)
                downs.Add((parsed.Version, script));
            else
                ups.Add(
                    new MigrationDefinition(dialect, parsed.Version, parsed.Name)
                    {
                        Up = script,
                        Irreversible = ScriptMarkers.Of(dialect, script.Text).IrreversibleReason,
                    }
                );
        }

        foreach (var definition in classes)
        {
            if (MigrationVersion.IsVersion(definition.Version))
                ups.Add(definition);
            else
                Fault(
                    faults,
                    Codes.MigrationVersion,
                    null,
                    $"Migration class '{definition.ClassName}' has no version that is a number. Write [Migration(\"0007\", \"what it "
                        + $"does\")] on it."
                );
        }

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < ups.Count; i++)
        {
            if (ups[i].Up is not null)
                places.TryAdd(MigrationVersion.Normal(ups[i].Version), i);
        }

        foreach (var (version, script) in downs)
        {
            if (!places.TryGetValue(MigrationVersion.Normal(version), out var index))
                Fault(
                    faults,
                    Codes.MigrationVersion,
                    script.File,
                    $"Way back '{script.File}' belongs to no migration of version {version}. Rename it like its migration, with "
                        + $".down.sql at the end."
                );
            else if (ups[index].Down is { } other)
                Fault(
                    faults,
                    Codes.MigrationVersion,
                    script.File,
                    $"Version {version} has two ways back: '{other.File}' and '{script.File}'. Delete the one that doesn't belong to "
                        + $"{ups[index].Title}."
                );
            // An empty one, as `migrations add` makes it, would take nothing back and say that it did.
            else if (dialect.HasStatement(script.Text) || !dialect.HasStatement(ups[index].Up!.Text))
                ups[index] = ups[index] with { Down = script };
        }

        foreach (var source in sources.Others)
        {
            if (database is null && tenants is null)
                break;
            var (definitions, found) = source.Read(services, dialect, () => database?.Title ?? $"databases of tenants '{tenants!.Name}'");
            ups.AddRange(definitions);
            faults.AddRange(found);
            if (definitions.Count > 0)
                companions.Add(new CompanionHistory(source, services, dialect, definitions));
        }

        // Of several databases it may say something of those that have sources of their own.
        if (sources is { Database: null, IsEmpty: true, IsConfigured: true, Elsewhere.Count: 0 } && database is not null)
            Fault(
                faults,
                Codes.RegistrationInvalid,
                null,
                "AddMigrations(m => …) names no place that migrations come from, so none would be applied. Call AddMigrations() besides, for "
                    + "those in the assembly, or name a place: m.FromAssembly(typeof(Program).Assembly) or m.FromDirectory(\"Migrations\")."
            );
        if (ups.Count == 0 && sources is { Database: { } name, IsEmpty: false } && (database is not null || tenants is not null))
            Fault(
                faults,
                Codes.RegistrationInvalid,
                null,
                $"AddMigrations(\"{name}\") finds no migration: none is embedded under Migrations/{name}/, and none lies in '{sources.Folder}'. "
                    + $"Write one there, and name the folder in the project: "
                    + $"<DeploymentToolkitDatabases>{name}</DeploymentToolkitDatabases>."
            );

        ups.Sort(static (a, b) => MigrationVersion.Compare(a.Version, b.Version));
        foreach (
            var twins in ups.GroupBy(static up => MigrationVersion.Normal(up.Version), StringComparer.Ordinal)
                .Where(static group => group.Count() > 1)
        )
            Fault(
                faults,
                Codes.MigrationVersion,
                twins.Last().Up?.File,
                $"Version {twins.First().Version} stands on {twins.Count()} migrations: "
                    + $"{string.Join(", ", twins.Select(static up => up.Title))}. Give all but the one that was applied first a new "
                    + $"version."
            );

        return new MigrationSet(dialect, ups, repeatables.Read(faults), faults)
        {
            Limit = sources.Limit,
            Companions = companions,
            Key = tenants ?? database?.Key ?? DatabaseKey.Only,
        };
    }

    /// <summary>What is wrong inside a migration's scripts. Applied ones are not read again: what they did is done.</summary>
    internal static IReadOnlyList<DeploymentMessage> CheckScripts(MigrationDefinition definition)
    {
        var faults = definition.Faults.ToList();
        if (definition.Up is { } up)
            CheckScript(
                faults,
                up,
                definition
                    .UpScript.Faults.Concat(definition.Markers.Faults)
                    .Concat(NotVerifiable(definition))
                    .Concat(BatchRules.Faults(definition))
            );
        if (definition.Down is { } down)
            faults.AddRange(CheckWayBack(definition, down));
        if (definition is { IsRepeatable: true, IsOutsideTransaction: true, Dialect.CommitsSchemaChanges: false })
            Fault(
                faults,
                Codes.MigrationOutsideTransaction,
                definition.Up!.File,
                $"Repeatable script '{definition.Up.File}' runs outside a transaction, where half of it would stay when it fails. Give it a "
                    + "version, so that it runs once: 'deploy migrations add NAME' makes the file."
            );
        return faults;
    }

    // What runs outside a transaction stays whatever the answer is.
    private static IEnumerable<SqlFault> NotVerifiable(MigrationDefinition definition) =>
        definition.IsOutsideTransaction
            ? definition.Markers.Verifications.Select(static question => new SqlFault(
                Codes.MigrationMarker,
                "Marker 'verify' asks inside a transaction, and this script runs outside of one. Ask it in the migration after this one.",
                question.Line,
                question.Column
            ))
            : [];

    /// <summary>What is wrong inside a migration's way back.</summary>
    internal static IReadOnlyList<DeploymentMessage> CheckWayBack(MigrationDefinition definition, MigrationScript down)
    {
        var faults = new List<DeploymentMessage>();
        var markers = ScriptMarkers.Of(definition.Dialect, down.Text);
        var dialect = definition.Dialect;
        var isOutside = markers.IsOutsideTransaction || dialect.RunsOutside(down.Text);
        CheckScript(faults, down, dialect.Read(down.Text, isOutside).Faults.Concat(markers.Faults));
        if (markers.Batch is not null)
            Fault(
                faults,
                Codes.MigrationMarker,
                down.File,
                $"Way back '{down.File}' says 'batch', and a way back is one transaction. Take the line out."
            );
        if (isOutside && !definition.IsOutsideTransaction && dialect.LeavesAllAsItIs(down.Text))
            Fault(
                faults,
                Codes.MigrationMarker,
                down.File,
                $"Way back '{down.File}' says 'transaction: none', which its migration does not. What changes neither schema nor rows "
                    + $"takes nothing back. Take the line out."
            );
        return faults;
    }

    private static void CheckScript(List<DeploymentMessage> faults, MigrationScript script, IEnumerable<SqlFault> found)
    {
        foreach (var fault in found)
        {
            faults.Add(
                new DeploymentMessage(fault.Code, $"{script.File}:{fault.Line}:{fault.Column}: {fault.Text}")
                {
                    File = script.File,
                    Line = fault.Line,
                    Column = fault.Column,
                    Excerpt = SourceExcerpt.Render(script.Text, fault.Line, fault.Column),
                }
            );
        }
    }

    private static void Fault(List<DeploymentMessage> faults, string code, string? file, string text) =>
        faults.Add(new DeploymentMessage(code, text) { File = file });
}
