namespace Deployment.Toolkit.Lint;

/// <summary>How much a finding weighs.</summary>
internal enum LintSeverity
{
    /// <summary>Something that stops a deployment into a protected environment.</summary>
    Error,

    /// <summary>Something to look at.</summary>
    Warning,

    /// <summary>Something to know.</summary>
    Information,
}
