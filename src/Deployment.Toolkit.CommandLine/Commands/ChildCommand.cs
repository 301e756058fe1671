using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.CommandLine.Commands;

/// <summary>
/// Runs a command on this process's own terminal: its input, output, folder and variables, but for the keys to the secrets.
/// </summary>
internal static class ChildCommand
{
    // Whoever gets one secret is not to open the others.
    private static readonly string[] Withheld = [KeyRing.KeyVariable, KeyRing.KeyFileVariable, KeyRing.PassphraseVariable];

    private static readonly (PosixSignal Signal, int Number)[] PassedOn =
    [
        (PosixSignal.SIGTERM, LibC.Terminate),
        (PosixSignal.SIGHUP, 1),
        (PosixSignal.SIGQUIT, 3),
        (PosixSignal.SIGINT, 2),
    ];

    /// <summary>Runs it to its end, whatever signals come: those are the command's to answer.</summary>
    /// <returns>Its exit code; 128 + n when signal n ended it.</returns>
    /// <exception cref="DeploymentException">It could not be started.</exception>
    internal static async Task<int> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        using var process = new Process { StartInfo = Launch(program, arguments, variables) };
        var started = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var signals = Forward(started.Task);
        try
        {
            Start(process, program);
            started.SetResult(process.Id);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return process.ExitCode;
        }
        finally
        {
            started.TrySetResult(0);
            foreach (var signal in signals)
                signal.Dispose();
        }
    }

    private static ProcessStartInfo Launch(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var launch = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments)
            launch.ArgumentList.Add(argument);
        foreach (var name in Withheld)
            launch.Environment.Remove(name);
        foreach (var (name, value) in variables)
            launch.Environment[name] = value;
        return launch;
    }

    private static void Start(Process process, string program)
    {
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw Refusal.Of(
                Codes.CommandUnavailable,
                $"The command '{program}' can't be started: {Sentence.Of(e)} Name a program on the PATH or its path, without a shell's "
                    + $"syntax."
            );
        }
    }

    // A signal that comes before the command is there waits for it.
    private static List<PosixSignalRegistration> Forward(Task<int> started)
    {
        var registrations = new List<PosixSignalRegistration>();
        if (OperatingSystem.IsWindows())
            return registrations;

        foreach (var (signal, number) in PassedOn)
        {
            registrations.Add(
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        // A terminal sends Ctrl+C to the command itself; twice would mean "at once" to many.
                        if (number != 2 || Console.IsInputRedirected)
                            _ = PassOnAsync(started, number);
                    }
                )
            );
        }

        return registrations;
    }

    private static async Task PassOnAsync(Task<int> started, int number)
    {
        if (await started.ConfigureAwait(false) is > 0 and var id)
            _ = LibC.SendSignal(id, number);
    }
}
