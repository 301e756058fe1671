using System.Text;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Where a verb writes, and what can be shown there.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error) : IDisposable
{
    /// <summary>Whether a person watches standard error.</summary>
    internal bool IsWatched { get; init; }

    /// <summary>Whether a person watches standard output.</summary>
    internal bool OutIsWatched { get; init; }

    /// <summary>Whether colours may be written to standard error.</summary>
    internal bool HasColor { get; init; }

    /// <summary>Whether colours may be written to standard output.</summary>
    internal bool OutHasColor { get; init; }

    /// <summary>Whether ✓ and its like can be shown.</summary>
    internal bool HasSymbols { get; init; } = true;

    /// <summary>What else the process writes to the console; <see langword="null"/> when that is not led through here.</summary>
    internal OtherOutput? Others { get; init; }

    /// <summary>What is behind <see cref="Out"/> where nobody watches it.</summary>
    internal ResultStream? Result { get; init; }

    /// <summary>Where values come from; <see langword="null"/> when a person types them.</summary>
    internal TextReader? Input { get; init; }

    internal static Terminal OfProcess()
    {
        var mayColor = MayColor(ProcessVariables.Get);
        // A redirected output is UTF-8 on every platform; a console has its own encoding.
        var result = Console.IsOutputRedirected ? new ResultStream(Console.OpenStandardOutput()) : null;
        return new Terminal(result is null ? StandardOutput.Out : new StreamWriter(result, new UTF8Encoding(false)), StandardOutput.Error)
        {
            Result = result,
            Others = StandardOutput.Others,
            Input = Console.IsInputRedirected ? InputOf(Console.OpenStandardInput()) : null,
            IsWatched = !Console.IsErrorRedirected && ProcessVariables.Get("TERM") != "dumb",
            OutIsWatched = !Console.IsOutputRedirected,
            HasColor = mayColor && !Console.IsErrorRedirected,
            OutHasColor = mayColor && !Console.IsOutputRedirected,
            HasSymbols = Console.IsOutputRedirected || Console.OutputEncoding is UTF8Encoding or UnicodeEncoding,
        };
    }

    /// <summary>
    /// Text as it comes in. Nothing is guessed by the first bytes: what begins with FF FE is no UTF-8, and is refused, not decoded.
    /// </summary>
    internal static TextReader InputOf(Stream stream) =>
        new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);

    /// <summary>What the variables say: https://no-color.org, and terminals that know no colours.</summary>
    internal static bool MayColor(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR"))
        && variable("TERM") != "dumb"
        && (!OperatingSystem.IsWindows() || variable("WT_SESSION") is not null || variable("TERM") is not null);

    public void Dispose()
    {
        Out.Flush();
        Error.Flush();
    }
}
