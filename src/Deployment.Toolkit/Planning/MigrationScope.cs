using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>Which of the pending migrations are applied outside of a release's deployment.</summary>
/// <param name="To">The last one; <see langword="null"/> for all, repeatable scripts too.</param>
/// <param name="Reason">Why; kept in the plan.</param>
internal sealed record MigrationScope(string? To, string? Reason)
{
    /// <exception cref="DeploymentException">The binary has no such migration.</exception>
    internal IReadOnlyList<MigrationDefinition> Choose(IReadOnlyList<MigrationDefinition> pending, MigrationSet known, string environment)
    {
        if (To is null)
            return pending;

        var last = Find(To, known.All.Select(static definition => definition.Version), environment);
        return [.. pending.Where(definition => !definition.IsRepeatable && MigrationVersion.Compare(definition.Version, last) <= 0)];
    }

    /// <summary>The version that somebody named, with or without its name.</summary>
    /// <exception cref="DeploymentException">There is none such.</exception>
    internal static string Find(string text, IEnumerable<string> versions, string environment)
    {
        var wanted = text.Split('_')[0];
        var known = versions.ToList();
        return known.Find(version => MigrationVersion.IsVersion(wanted) && MigrationVersion.Compare(version, wanted) == 0)
            ?? throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"There is no migration '{text}' to go to.{Suggestion.Sentence(wanted, known)} Nothing was changed. 'deploy migrations list "
                    + $"--environment {environment}' shows all."
            );
    }
}
