using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases;

/// <summary>Runs one of a server's own programs.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="password">Which of the variables is the password.</param>
internal sealed class DatabaseProgram(string folder, string password)
{
    internal static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(5);

    private const int MostLines = 12;
    private const int LongestLine = 400;

    /// <summary>Runs it to its end; what it starts ends with it when it is cancelled.</summary>
    /// <param name="program">Which.</param>
    /// <param name="arguments">Its arguments, which hold no secret.</param>
    /// <param name="variables">The way to the server.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="input">What it reads; nothing where that is <see langword="null"/>.</param>
    /// <param name="output">Where what it writes goes; among what it says where that is <see langword="null"/>.</param>
    /// <exception cref="IOException">It failed, with what it said.</exception>
    internal async Task RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellationToken,
        Stream? input = null,
        Stream? output = null
    )
    {
        // The first lines name the cause, the last ones the end.
        var (first, last, count) = (new List<string>(), new Queue<string>(), 0);
        var launch = new CommandLaunch(Path.Combine(folder, program), arguments)
        {
            Environment = variables,
            Input = input,
            Output = output,
        };
        int exitCode;
        try
        {
            exitCode = await CommandRunner
                .RunAsync(launch, Keep, static _ => Task.CompletedTask, KillGrace, TimeProvider.System, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (CommandNotStartedException e)
        {
            throw new IOException(e.Message, e);
        }

        if (exitCode == 0)
            return;

        var said = string.Join(' ', count > first.Count + last.Count ? [.. first, "…", .. last] : [.. first, .. last]);
        throw new IOException(
            string.Create(CultureInfo.InvariantCulture, $"{program} ended with exit code {exitCode}{(said.Length == 0 ? "" : $": {said}")}")
        );

        void Keep(string line)
        {
            if (variables.GetValueOrDefault(password) is { Length: > 0 } secret)
                line = line.Replace(secret, "***", StringComparison.Ordinal);
            line = VisibleText.Line(line.Length > LongestLine ? line[..LongestLine] + "…" : line);
            count++;
            if (first.Count < MostLines)
                first.Add(line);
            else
            {
                last.Enqueue(line);
                if (last.Count > MostLines)
                    last.Dequeue();
            }
        }
    }
}
