namespace Deployment.Toolkit.Databases;

/// <summary>What became of a statement that was sent, and of which nobody noted that it was done.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Reason">Why that can't be told, as a clause.</param>
internal sealed record StatementEffect(StatementEffectKind Kind, string? Reason = null)
{
    internal static readonly StatementEffect Done = new(StatementEffectKind.Done);

    internal static readonly StatementEffect NotDone = new(StatementEffectKind.NotDone);

    internal static StatementEffect Unknown(string reason) => new(StatementEffectKind.Unknown, reason);

    /// <summary>What is left to do of one that was done in part.</summary>
    internal string? Rest { get; init; }
}

/// <summary>What became of a statement.</summary>
internal enum StatementEffectKind
{
    /// <summary>It has no effect, or may be done again.</summary>
    NotDone,

    /// <summary>All of it is there.</summary>
    Done,

    /// <summary>Nobody can tell.</summary>
    Unknown,
}

/// <summary>What takes back statements that are committed each by itself.</summary>
/// <param name="Steps">Statements, the last one's first, each with how many are done before it.</param>
/// <param name="Stuck">The first from the end that nothing takes back; <see langword="null"/> when all can be.</param>
internal sealed record StatementsBack(IReadOnlyList<(int Before, string Sql)> Steps, SqlStatement? Stuck);

/// <summary>What a statement leaves on its connection that a later one lacks.</summary>
internal enum SessionTrace
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Something that the statement sets again as it was.</summary>
    CanBeSetAgain,

    /// <summary>Something that is gone: a temporary table, a variable with what was computed then.</summary>
    IsLost,
}
