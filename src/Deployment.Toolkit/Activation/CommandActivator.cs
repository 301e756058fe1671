using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Activation;

/// <summary>Puts a release live by an external command, which finds the release's version in <c>DEPLOYMENT_RELEASE</c>.</summary>
internal sealed class CommandActivator(
    IReadOnlyList<string> command,
    CommandActivatorOptions options,
    string contentRoot,
    TimeProvider time
) : ReleaseActivator
{
    public override string Description => "run " + string.Join(' ', command);

    public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) =>
        Command(command).ExecuteAsync(For(release, context), cancellationToken);

    public override async Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (options.Current.Count == 0)
            return null;

        var lines = new List<string>();
        var listening = new StepContext(context.Plan, context.Environment, context.RunId, context.Data)
        {
            Fence = context.Fence,
            OutputSink = lines.Add,
            NoteSink = context.NoteAsync,
        };
        await Command(options.Current).ExecuteAsync(listening, cancellationToken).ConfigureAwait(false);
        var answer = lines.Select(static line => line.Trim()).FirstOrDefault(static line => line.Length > 0);
        if (answer is null)
            return null;

        try
        {
            var current = Release.Parse(answer);
            // A platform that tells the version alone means the release of that version.
            return current.Commit is null && current.Version == context.Release.Version ? context.Release : current;
        }
        catch (FormatException e)
        {
            throw DeploymentException.Failed(
                Codes.StepFailed,
                $"Command '{string.Join(' ', options.Current)}' did not name a release: {Sentence.Of(e)} Let it write the live "
                    + $"release's version alone on its first line.",
                e
            );
        }
    }

    private CommandStep Command(IReadOnlyList<string> words) =>
        new(DeploymentSteps.Activate, words, options.ToStepOptions(), contentRoot, time);

    internal static StepContext For(Release release, StepContext context) =>
        release == context.Release
            ? context
            : new StepContext(context.Plan with { Release = release }, context.Environment, context.RunId, context.Data)
            {
                Fence = context.Fence,
                OutputSink = context.OutputSink,
                NoteSink = context.NoteSink,
            };
}
