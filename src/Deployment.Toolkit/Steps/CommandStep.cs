using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Steps;

/// <summary>
/// An external command. Its process group is noted before it gets to say anything, so that a command that outlived a killed deployment is
/// found and ended before anything else is done in its name.
/// </summary>
internal sealed class CommandStep(
    string name,
    IReadOnlyList<string> command,
    CommandStepOptions options,
    string contentRoot,
    TimeProvider time
) : DeploymentStep
{
    private const string ProcessNote = "process";
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(5);

    public override string Name => name;

    public override bool IsIdempotent => options.IsIdempotent;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription("run " + Line(command))
            {
                WayBack = options.Revert.Count > 0 ? "run " + Line(options.Revert) : null,
                Inputs = new Dictionary<string, string>
                {
                    ["command"] = string.Join('\0', command),
                    ["revert"] = string.Join('\0', options.Revert),
                },
            }
        );

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        RunAsync(command, context, cancellationToken);

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        await EndLeftOverAsync(context, cancellationToken).ConfigureAwait(false);
        if (options.Probe.Count == 0)
            return ProbeOutcome.Unknown;

        return await StartAsync(options.Probe, context, cancellationToken).ConfigureAwait(false) switch
        {
            0 => ProbeOutcome.Done,
            1 => ProbeOutcome.NotDone,
            _ => ProbeOutcome.Unknown,
        };
    }

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) =>
        options.Revert.Count == 0 ? base.RevertAsync(context, cancellationToken) : RunAsync(options.Revert, context, cancellationToken);

    private async Task RunAsync(IReadOnlyList<string> words, StepContext context, CancellationToken cancellationToken)
    {
        await EndLeftOverAsync(context, cancellationToken).ConfigureAwait(false);
        var exitCode = await StartAsync(words, context, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
            throw DeploymentException.Failed(
                Codes.StepFailed,
                $"Command '{Line(words)}' of step '{name}' ended with exit code {exitCode}. Its last output stands with the step in "
                    + $"'deploy history'."
            );
    }

    private async Task<int> StartAsync(IReadOnlyList<string> words, StepContext context, CancellationToken cancellationToken)
    {
        var environment = ProcessEnvironment.Pick(options.PassEnvironment);
        environment["DEPLOYMENT_ENVIRONMENT"] = context.Environment.Name;
        environment["DEPLOYMENT_RELEASE"] = context.Release.Version;
        environment["DEPLOYMENT_RUN"] = context.RunId;
        var launch = new CommandLaunch(words[0], [.. words.Skip(1)])
        {
            WorkingDirectory = Path.Combine(contentRoot, options.WorkingDirectory ?? ""),
            Environment = environment,
        };
        try
        {
            return await CommandRunner
                .RunAsync(
                    launch,
                    context.Write,
                    id =>
                        context.NoteAsync(
                            ProcessNote,
                            string.Create(CultureInfo.InvariantCulture, $"{id.GroupId} {id.StartToken}"),
                            cancellationToken
                        ),
                    KillGrace,
                    time,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (CommandNotStartedException e)
        {
            throw DeploymentException.Failed(
                Codes.StepFailed,
                $"Step '{name}' could not start its command: {Sentence.Of(e)} Correct the command in AddCommandStep.",
                e
            );
        }
    }

    private async Task EndLeftOverAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Data.TryGetValue(ProcessNote, out var note))
            return;

        // What is no identity was not noted by this step, so nothing runs in its name.
        if (
            note.Split(' ', 2) is not [var number, var start]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var group)
        )
            return;

        var id = new CommandIdentity(group, start);
        if (!ProcessGroup.IsAlive(id))
            return;
        // Whoever can write a record could else have this deployment, as root even, end any process.
        if (context.Unproven.Contains(ProcessNote))
            throw Unproven(id, context.Environment.Name, "the record that names it carries no MAC of this machine's key");
        if (ProcessGroup.OwnerOf(id) is { } owner && owner != ProcessGroup.CurrentUser)
            throw Unproven(
                id,
                context.Environment.Name,
                string.Create(CultureInfo.InvariantCulture, $"it belongs to user {owner}, who is not the deploying one")
            );

        context.Write($"ending process group {id.GroupId}, which is left over from an interrupted run");
        await ProcessGroup.TerminateAsync(id, KillGrace, time, cancellationToken).ConfigureAwait(false);
    }

    private DeploymentException Unproven(CommandIdentity id, string environment, string why) =>
        DeploymentException.NeedsAttention(
            Codes.LeftOverUnproven,
            $"Process group {id.GroupId} may be left over from step '{name}', but {why}, so it was not ended. Look at it with ps -o "
                + $"pid,user,lstart,args -g {id.GroupId}; "
                + $"if it is the step's, end it, then run 'deploy resume --environment {environment}'."
        );

    private static string Line(IReadOnlyList<string> words) =>
        string.Join(' ', words.Select(static word => word.Any(char.IsWhiteSpace) ? $"\"{word}\"" : word));
}
