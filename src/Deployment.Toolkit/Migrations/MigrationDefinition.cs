using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script with the name under which people know it.</summary>
internal sealed record MigrationScript(string File, string Text)
{
    /// <summary>Why its bytes are no text; what could be read of them stands in for it.</summary>
    internal SqlFault? Unreadable { get; init; }
}

/// <summary>One migration that this binary knows: a script with its way back, or a class.</summary>
internal sealed record MigrationDefinition(DatabaseDialect Dialect, string Version, string Name)
{
    private SqlScript? _up;
    private IReadOnlyList<Removal>? _removals;
    private string? _checksum;
    private ScriptMarkers? _markers;
    private bool? _isOutside;

    internal MigrationScript? Up { get; init; }

    internal MigrationScript? Down { get; init; }

    /// <summary>Makes the class's instance; <see langword="null"/> for a script.</summary>
    internal Func<IServiceProvider, Migration>? Create { get; init; }

    internal string? ClassName { get; init; }

    /// <summary>The class as the subject of a message.</summary>
    internal string ClassTitle => $"Migration class {ClassName}";

    internal bool ClassHasWayBack { get; init; }

    /// <summary>Whether the class says that its way back keeps rows.</summary>
    internal bool ClassKeepsRows { get; init; }

    /// <summary>What the way back removes; nothing when there is none.</summary>
    internal IReadOnlyList<Removal> Removals =>
        _removals ??=
            Down is not null ? Dialect.RemovalsOf(Down.Text)
            : ClassHasWayBack && !ClassKeepsRows ? [Removal.OfAnything]
            : [];

    internal string? Irreversible { get; init; }

    /// <summary>Why it can't be applied, where what describes it has no script for it. What was applied elsewhere needs none.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; init; } = [];

    internal bool HasWayBack =>
        Irreversible is null && (Earlier is { } earlier ? earlier.HasText : KeptDown is not null || ClassHasWayBack);

    /// <summary>Whether it runs again whenever its content is another, after all that have a number.</summary>
    internal bool IsRepeatable => MigrationVersion.IsRepeatable(Version);

    /// <summary>Of a repeatable one: the content that is applied now, which its way back runs again.</summary>
    internal AppliedRepeatable? Earlier { get; init; }

    /// <summary>Of a repeatable one: the whole file, whose part behind <c>-- down</c> is its way back.</summary>
    internal string? Whole { get; init; }

    /// <summary>What the script says of itself.</summary>
    internal ScriptMarkers Markers => _markers ??= ScriptMarkers.Of(Dialect, Up?.Text ?? "");

    /// <summary>Whether it runs outside a transaction.</summary>
    internal bool IsOutsideTransaction => _isOutside ??= Markers.IsOutsideTransaction || (Up is { } up && Dialect.RunsOutside(up.Text));

    /// <summary>Whether the class works in batches.</summary>
    internal bool ClassIsBatched { get; init; }

    /// <summary>Whether it is repeated, a transaction each time, until it changes no row.</summary>
    internal bool IsBatched => ClassIsBatched || Markers.Batch is not null;

    internal bool ClassForeignKeysOff { get; init; }

    internal string? ClassContractsAfter { get; init; }

    /// <summary>The first release that does without what it takes away.</summary>
    internal string? ContractsAfter => ClassContractsAfter ?? Markers.ContractsAfter;

    internal IReadOnlySet<string>? ClassChangesRows { get; init; }

    /// <summary>Whether foreign keys are not enforced while it runs, and checked before it is committed.</summary>
    internal bool ForeignKeysOff => ClassForeignKeysOff || Markers.DisablesForeignKeys;

    /// <summary>Tables that it means to change without naming them in a statement.</summary>
    internal IReadOnlySet<string> ChangesRows => ClassChangesRows ?? Markers.Rows;

    /// <summary>
    /// What the history keeps as its way back. Of a script that changes nothing that could be taken back it is one that does nothing.
    /// </summary>
    internal MigrationScript? KeptDown =>
        Down
        ?? (
            IsOutsideTransaction && Dialect.LeavesAllAsItIs(Up!.Text)
                ? new MigrationScript(Up!.File, "-- transaction: none\n-- There is nothing to take back.\n")
                : null
        );

    internal string Title => MigrationVersion.Title(Version, Name);

    /// <summary>
    /// What stands in for the checksum of a script that is generated: another version of what generates it writes the same in other words.
    /// </summary>
    internal string? Identity { get; init; }

    /// <summary>Of a class there is no text to check; its name stands in.</summary>
    internal string Checksum =>
        _checksum ??= Identity ?? (Up is null ? "class:" + ClassName : ScriptChecksum.Of(Dialect, Whole ?? Up.Text));

    internal SqlScript UpScript => _up ??= Dialect.Read(Up!.Text, IsOutsideTransaction);

    /// <summary>The row that it has in the history once it is applied.</summary>
    internal AppliedMigration ToApplied(string run) =>
        new(Version, Name, Checksum, KeptDown?.File, KeptDown?.Text, Irreversible, run, null);

    internal PlannedMigration ToPlan() =>
        new()
        {
            Version = Version,
            Name = Name,
            Checksum = Checksum,
            HasWayBack = HasWayBack,
            Irreversible = Irreversible,
            Before = Earlier?.Checksum,
        };

    /// <summary>The same with another way back: of a repeatable one that is what was applied before it.</summary>
    internal MigrationDefinition GoingBackBy(MigrationScript? down) => this with { Down = down, _removals = null };

    internal VerifiedMigration ToEvidence() =>
        new(
            Version,
            Checksum,
            !HasWayBack ? null
                : Down is { } down && Identity is null ? ScriptChecksum.Of(Dialect, down.Text)
                : Checksum
        );
}
