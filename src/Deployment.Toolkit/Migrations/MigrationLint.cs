using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Migrations;

/// <summary>What is found in migrations, as messages with their places.</summary>
internal static class MigrationLint
{
    // A generated script of thousands of statements says it with its first ones.
    private const int MostShown = 100;

    private const string StopsLater = " In a protected environment it stops the deployment.";

    /// <summary>Judges scripts in their order.</summary>
    /// <param name="migrations">The migrations; what a class does can't be told from its text.</param>
    /// <param name="weights">How much what is found weighs.</param>
    /// <param name="isProtected">Whether the environment is protected.</param>
    /// <param name="isLeadingToProtected">Whether there are protected environments beside it, which it is said for then.</param>
    /// <param name="isOneRun">Whether they are applied together, so that what one makes isn't in use yet for the next.</param>
    internal static IReadOnlyList<DeploymentMessage> Judge(
        IEnumerable<MigrationDefinition> migrations,
        LintWeights weights,
        bool isProtected,
        bool isLeadingToProtected,
        bool isOneRun
    )
    {
        var messages = new List<DeploymentMessage>();
        var run = new LintRun();
        foreach (var definition in migrations)
        {
            if (definition is not { Up: { } script, Dialect.Lint: { } dialect })
                continue;
            if (!isOneRun)
                run = new LintRun();
            var text = script.Text.StartsWith('\uFEFF') ? script.Text[1..] : script.Text;
            var found = ScriptLint
                .Judge(dialect, text, run, definition.IsOutsideTransaction)
                .Select(finding => (Finding: finding, Severity: weights.Of(finding.Rule, isProtected, definition.Identity is null)))
                .Where(static found => found.Severity is not null)
                .ToList();
            var cursor = new LineCursor(text);
            var shown = found.OrderBy(static found => found.Severity).Take(MostShown).OrderBy(static found => found.Finding.Start);
            foreach (var (finding, severity) in shown)
            {
                var stopsLater =
                    isLeadingToProtected
                    && severity > MessageSeverity.Error
                    && weights.Of(finding.Rule, isProtected: true, definition.Identity is null) is MessageSeverity.Error;
                messages.Add(MessageOf(finding, severity!.Value, stopsLater ? StopsLater : "", script, text, ref cursor));
            }

            if (found.Count > MostShown)
                messages.Add(
                    new DeploymentMessage(
                        found[0].Finding.Rule.Code,
                        $"{script.File} has {found.Count - MostShown} more findings, none of which weighs more than those above. Split it.",
                        MessageSeverity.Information
                    )
                    {
                        File = script.File,
                    }
                );
        }

        return messages;
    }

    private static DeploymentMessage MessageOf(
        LintFinding finding,
        MessageSeverity severity,
        string consequence,
        MigrationScript script,
        string text,
        ref LineCursor cursor
    )
    {
        var (line, column) = cursor.MoveTo(finding.Start);
        var instead = finding.Instead is { } safe
            ? " Instead: " + safe.Replace("\n\n", " And then, in a migration after it: ", StringComparison.Ordinal).Replace('\n', ' ')
            : "";
        return new DeploymentMessage(finding.Rule.Code, $"{script.File}:{line}:{column}: {finding.Text}{instead}{consequence}", severity)
        {
            File = script.File,
            Line = line,
            Column = column,
            Excerpt = SourceExcerpt.Render(text, line, column),
        };
    }
}
