using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.CommandLine.Verbs;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.CommandLine;

/// <summary>Runs one verb from its arguments to its exit code.</summary>
internal sealed class VerbRunner(IServiceProvider services, Terminal terminal)
{
    /// <summary>Runs the verb.</summary>
    /// <param name="args">The arguments behind <c>deploy</c>.</param>
    /// <param name="cancellationToken">Set at Ctrl+C.</param>
    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var model = new CommandModel(args is [var first, ..] ? first : null);
        var parse = model.Parse(args);
        var command = parse.CommandResult.Command;
        if (
            parse.UnmatchedTokens.Count == 0
            && (Verb.IsGiven(parse, model.Help) || (command is not VerbCommand && parse.Tokens.Count == PathLength(parse)))
        )
        {
            await terminal.Out.WriteAsync(HelpText.Render(parse.CommandResult)).ConfigureAwait(false);
            return Delivered(null, 0);
        }

        var isJson = IsJson(args);
        var verb = (command as VerbCommand)?.Verb;
        var name = verb?.Path ?? string.Join(' ', args.AsSpan(0, Math.Min(args.Length, 1))!);
        var output = new ReportOutput(terminal, services.GetService<SecretRedactor>());
        if (CommandLineFault.Find(parse, model) is { } fault)
        {
            var refusal = VerbReport.Refused(Codes.CommandLineInvalid, fault);
            output.Refuse(name, refusal, isJson);
            return refusal.ExitCode;
        }

        var report = await RunAsync(verb!, parse, Named(verb!, parse, model), args, cancellationToken).ConfigureAwait(false);
        EnsureDeclared(verb!, report);
        // The command had standard output to itself.
        if (report.CommandExitCode is { } exitCode)
            return Delivered(verb, exitCode);

        var release = SuggestedCommands.ReleaseOf(parse);
        report = report with
        {
            Messages = [.. report.Messages.Select(message => SuggestedCommands.Complete(message, report.Environment, release))],
        };
        output.Write(name, report, isJson);
        return Delivered(verb, report.ExitCode);
    }

    /// <summary>The exit code, once the result is where it was to go: of what only looks, the result is all that there is.</summary>
    private int Delivered(Verb? verb, int exitCode)
    {
        terminal.Out.Flush();
        if (terminal.Result?.Fault is not { } fault)
            return exitCode;

        var changes = verb?.Use == EnvironmentUse.Change;
        terminal.Error.WriteLine(
            $"error: The result could not be written to standard output: {Sentence.Of(fault.InnerException ?? fault)} "
                + (
                    changes
                        ? "What was done is done, and the exit code tells how it went: 'deploy history' shows it."
                        : "Make room there, or lead it somewhere else, and run the command again."
                )
        );
        return exitCode == 0 && !changes ? new VerbReport(DeploymentOutcome.Failed, null, []).ExitCode : exitCode;
    }

    // The documentation is made from what the rows name.
    [Conditional("DEBUG")]
    private static void EnsureDeclared(Verb verb, VerbReport report)
    {
        foreach (var section in report.Sections)
        {
            if (!verb.Reports.AsSpan().Contains(section.Name))
                throw new InvalidOperationException(
                    $"'deploy {verb.Path}' reports '{section.Name}', which its row in {nameof(VerbCatalog)} does not name. Add it to Reports."
                );
        }
    }

    // Where both are given and differ, the verb's own stands against the host.
    private static string? Named(Verb verb, ParseResult parse, CommandModel model) =>
        verb.EnvironmentOf(parse) ?? parse.GetValue(model.Environment);

    private static void Suspend(DeploymentPartsFactory factory) => factory.PinOf(factory.Environment).Suspend();

    private async Task<VerbReport> RunAsync(Verb verb, ParseResult parse, string? named, string[] args, CancellationToken cancellationToken)
    {
        if (services.GetService<DeploymentModel>() is not { } deployment)
            return VerbReport.Refused(
                Codes.RegistrationInvalid,
                "The host has no deployment. Call builder.AddDeployment() before builder.Build()."
            );

        var host = services.GetRequiredService<IHostEnvironment>().EnvironmentName;
        var use = verb.Use == EnvironmentUse.Change && verb.IsDryRun(parse) ? EnvironmentUse.Host : verb.Use;
        if (
            EnvironmentCheck.Find(deployment.Environments, host, named, use, verb, parse, args, deployment.Journal.IsDatabase) is
            { } refusal
        )
            return new VerbReport(DeploymentOutcome.Refused, deployment.Environments.Find(named ?? host)?.Name, [refusal]);

        if (terminal.Others is { } others)
            others.Mask = services.GetRequiredService<SecretRedactor>().Redact;
        ConsoleLogs.ToStandardError(services);
        await using var progress = ProgressWriter.For(terminal);
        try
        {
            // What is deployed next runs with the configuration as it is set, not as a rollback pinned it.
            if (verb.Path is "check" or "plan" or "up" or "promote" or "approve")
                Suspend(services.GetRequiredService<DeploymentPartsFactory>());
            if (verb.ClaimedOperator(parse) is { } claimed)
                services.GetRequiredService<DeploymentPartsFactory>().ClaimedOperator = claimed;
            var report = await verb.RunAsync(
                    new VerbContext(services, parse, named, progress) { HostEnvironment = host, Terminal = terminal },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return report with { Messages = [.. report.Messages, .. JournalFolders.Others(services, deployment, verb, named)] };
        }
        catch (DeploymentException e)
        {
            return new VerbReport(e.Outcome, host, e.Messages);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new VerbReport(
                DeploymentOutcome.Cancelled,
                host,
                [new DeploymentMessage(Codes.RunInterrupted, "Cancelled; nothing was changed.", MessageSeverity.Information)]
            );
        }
        catch (DbException e)
        {
            return new VerbReport(
                DeploymentOutcome.Failed,
                host,
                [services.GetRequiredService<DeploymentPartsFactory>().Model.Dialect.FaultOf(e, null)]
            );
        }
#pragma warning disable CA1031 // Whatever it is, the person at the terminal gets a message and the script an exit code, not a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new VerbReport(
                DeploymentOutcome.Failed,
                host,
                [
                    new DeploymentMessage(
                        Codes.UnexpectedError,
                        $"'deploy {verb.Path}' met an error that nobody expected: {e.GetType().FullName}: {e.Message.TrimEnd('.')}. "
                            + $"'deploy status' shows where the environments stand."
                    ),
                ]
            );
        }
    }

    // As the parser may have failed, the wish for JSON is read from the arguments themselves.
    private static bool IsJson(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            // What stands behind it is a command's.
            if (args[i] == "--")
                break;
            if (args[i] is "--output=json" or "--output:json" || (args[i] == "--output" && i + 1 < args.Length && args[i + 1] == "json"))
                return true;
        }

        return false;
    }

    private static int PathLength(ParseResult parse) => parse.CommandResult.Command == parse.RootCommandResult.Command ? 0 : 1;
}
