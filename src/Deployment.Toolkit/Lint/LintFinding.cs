namespace Deployment.Toolkit.Lint;

/// <summary>What is said of a place in a script.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Start">Where the place starts.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">What it is, why that matters, and what to do instead.</param>
internal sealed record LintFinding(LintRule Rule, int Start, int End, string Text)
{
    /// <summary>Statements that do it safely, each in a migration of its own where lines are between them.</summary>
    internal string? Instead { get; init; }
}

/// <summary>One thing that is looked for.</summary>
/// <param name="Code">The code that allows and settings name.</param>
/// <param name="Name">Its own name.</param>
/// <param name="Severity">How much it weighs in a protected environment.</param>
internal sealed record LintRule(string Code, string Name, LintSeverity Severity);
