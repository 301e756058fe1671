using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>Migrations that another tool describes, and of which it keeps a history of its own that stays true.</summary>
internal abstract class MigrationSource
{
    /// <summary>Tells it from others; registered twice it counts once.</summary>
    internal abstract string Key { get; }

    /// <summary>The table of its own history, which it makes and never drops.</summary>
    internal abstract string HistoryTable { get; }

    /// <summary>The schema that it lies in; <see langword="null"/> where it is called by its name alone.</summary>
    internal virtual string? HistorySchema => null;

    /// <summary>Its migrations as scripts. Each writes its own row of the tool's history, and its way back takes that out.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="dialect">How the database speaks that they are for.</param>
    /// <param name="title">What messages call it.</param>
    internal abstract SourcedMigrations Read(IServiceProvider services, DatabaseDialect dialect, Func<string> title);

    /// <summary>The versions that the tool's own history has as applied.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="dialect">How the database speaks.</param>
    /// <param name="connection">Where to ask.</param>
    /// <param name="transaction">Its transaction, where there is one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal abstract Task<IReadOnlyList<string>> ReadAppliedAsync(
        IServiceProvider services,
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    );
}

/// <summary>What a source has.</summary>
/// <param name="Definitions">The migrations.</param>
/// <param name="Faults">What is wrong with them.</param>
internal sealed record SourcedMigrations(IReadOnlyList<MigrationDefinition> Definitions, IReadOnlyList<DeploymentMessage> Faults);
