using System.Collections.Frozen;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>What one migration does in one direction: a script, or a class's method.</summary>
internal sealed record MigrationWork(string Title, MigrationDirection Direction, MigrationScript? Script)
{
    /// <summary>The migration of a class.</summary>
    internal MigrationDefinition? Class { get; init; }

    /// <summary>Whether foreign keys are not enforced while it runs.</summary>
    internal bool ForeignKeysOff { get; init; }

    internal bool IsOutsideTransaction { get; init; }

    /// <summary>Tables that it means to change without naming them in a statement.</summary>
    internal IReadOnlySet<string> ChangesRows { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What must be so once it has run.</summary>
    internal IReadOnlyList<ScriptVerification> Verifications { get; init; } = [];

    /// <summary>Whether something of it may stay on the connection: pragmas, temporary tables, whatever code does.</summary>
    internal bool MayLeaveSessionState(DatabaseDialect dialect) =>
        ForeignKeysOff || Script is not { } script || dialect.LeavesSessionState(script.Text);
}
