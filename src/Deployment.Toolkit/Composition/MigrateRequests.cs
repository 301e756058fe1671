namespace Deployment.Toolkit;

/// <summary>What <see cref="Deployer.MigrateUpAsync"/> applies.</summary>
public sealed record MigrateUpRequest : PlannableRequest
{
    /// <summary>The last migration to apply. Default <see langword="null"/>: all that are pending, repeatable scripts too.</summary>
    public string? To { get; init; }

    /// <summary>
    /// Which database, where the app has several; <see cref="To"/> wants it. Default <see langword="null"/>: all of them.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>Why; kept in the journal. A protected environment wants it. Default <see langword="null"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Whether a protected environment may be migrated without the release that the migrations belong to. Default <see langword="false"/>.
    /// </summary>
    public bool WithoutRelease { get; init; }
}

/// <summary>What <see cref="Deployer.MigrateDownAsync"/> undoes.</summary>
public sealed record MigrateDownRequest : PlannableRequest
{
    /// <summary>The migration that stays the last one; <c>0</c> for none.</summary>
    public required string To { get; init; }

    /// <summary>Which database, where the app has several. Default <see langword="null"/>: its only one.</summary>
    public string? Database { get; init; }

    /// <summary>Why; kept in the journal.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether rows may be lost that others wrote since. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>
    /// Whether a protected environment may be migrated without a rollback of its release. Default <see langword="false"/>.
    /// </summary>
    public bool WithoutRelease { get; init; }
}

/// <summary>Which migrations <see cref="DeploymentDatabase.ScriptMigrationsAsync"/> writes.</summary>
public sealed record ScriptMigrationsRequest : DeploymentRequest
{
    /// <summary>
    /// The migration behind which the script begins, <c>0</c> for all, whatever the database has; of ways back, the first that is undone.
    /// Default <see langword="null"/>: what the database's history says.
    /// </summary>
    public string? From { get; init; }

    /// <summary>
    /// The last migration that is applied; of ways back, the one that stays the last. Default <see langword="null"/>: all.
    /// </summary>
    public string? To { get; init; }

    /// <summary>Whether ways back are written. Default <see langword="false"/>.</summary>
    public bool IsDown { get; init; }
}

/// <summary>A script for the database's own client.</summary>
public sealed record MigrationsScript
{
    /// <summary>The environment whose database it is for.</summary>
    public required string Environment { get; init; }

    /// <summary>The versions that it applies or undoes, in its order; none when there is nothing to do.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>Whether it undoes them.</summary>
    public required bool IsDown { get; init; }

    /// <summary>The script.</summary>
    public required string Sql { get; init; }
}
