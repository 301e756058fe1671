using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit;

/// <summary>
/// Says how much the findings about migrations weigh. By default what loses rows or breaks the release that runs is an error in a protected
/// environment, where it stops the deployment, and a warning elsewhere.
/// </summary>
public sealed class MigrationLintBuilder
{
    private readonly LintWeights _weights;

    internal MigrationLintBuilder(LintWeights weights) => _weights = weights;

    /// <summary>How much the findings of a code weigh in every environment. An error stops the deployment.</summary>
    /// <param name="code">DTK5003, DTK5004, DTK5007 or DTK5008.</param>
    /// <param name="severity">How much.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">Nothing is found under that code.</exception>
    public MigrationLintBuilder Weigh(string code, MessageSeverity severity)
    {
        _weights.Set(code, severity, protectedOnly: false);
        return this;
    }

    /// <summary>How much the findings of a code weigh in protected environments, whatever they weigh elsewhere.</summary>
    /// <param name="code">DTK5003, DTK5004, DTK5007 or DTK5008.</param>
    /// <param name="severity">How much.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">Nothing is found under that code.</exception>
    public MigrationLintBuilder WeighInProtected(string code, MessageSeverity severity)
    {
        _weights.Set(code, severity, protectedOnly: true);
        return this;
    }

    /// <summary>Says nothing of what is found under a code.</summary>
    /// <param name="code">DTK5003, DTK5004, DTK5007 or DTK5008.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">Nothing is found under that code.</exception>
    public MigrationLintBuilder Ignore(string code)
    {
        _weights.Set(code, null, protectedOnly: false);
        return this;
    }
}
