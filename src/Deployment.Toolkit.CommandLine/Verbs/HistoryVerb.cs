using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HistoryVerb : Verb
{
    private const int DefaultCount = 10;

    private readonly Option<int> _last;

    internal HistoryVerb()
    {
        _last = Add(new Option<int>("--last")
        {
            HelpName = "N",
            Description = $"How many runs to show. Default: {DefaultCount}.",
            DefaultValueFactory = static _ => DefaultCount,
            CustomParser = ParseCount,
        });
    }

    internal override string Path => "history";

    internal override string Description => "Shows the last runs of an environment, newest first.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy history",
        "deploy history --environment Production --last 3",
    ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var runs = context.History.GetRuns(context.Environment);
        var count = Math.Min(context.Parse.GetValue(_last), runs.Count);
        var shown = new List<DeploymentRun>(count);
        for (var i = runs.Count - 1; i >= runs.Count - count; i--) shown.Add(runs[i]);
        var name = runs.Count > 0 ? runs[0].Environment : context.Environment ?? context.HostEnvironment;
        return Task.FromResult(new VerbReport(DeploymentOutcome.Succeeded, name, []) { Runs = shown });
    }

    private static int ParseCount(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return count;

        result.AddError($"Option '--last' is '{text}', which is no whole number above zero. Write for example --last 3.");
        return 0;
    }
}
