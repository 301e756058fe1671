namespace Deployment.Toolkit.Platform;

/// <summary>
/// Keeps standard output for a verb's result: whatever else the process writes to the console, logs and the app's own lines, goes to
/// standard error from here on. It belongs to the process, so it is taken once, as early as the verb is known.
/// </summary>
internal static class StandardOutput
{
    private static readonly Lock Gate = new();
    private static (TextWriter Out, TextWriter Error)? s_kept;

    /// <summary>Where everything else goes; <see langword="null"/> while nothing is reserved.</summary>
    internal static OtherOutput? Others { get; private set; }

    /// <summary>The process's own standard output.</summary>
    internal static TextWriter Out => s_kept?.Out ?? Console.Out;

    /// <summary>The process's own standard error.</summary>
    internal static TextWriter Error => s_kept?.Error ?? Console.Error;

    /// <summary>Whether the process was started for a verb: its own arguments, which no code has changed yet.</summary>
    internal static bool IsVerb(string[] processArguments) => processArguments is [_, "deploy", ..];

    internal static void Reserve()
    {
        lock (Gate)
        {
            if (s_kept is not null)
                return;

            s_kept = (Console.Out, Console.Error);
            Others = new OtherOutput(Console.Error);
            Console.SetOut(Others);
            Console.SetError(Others);
        }
    }

    internal static void Release()
    {
        lock (Gate)
        {
            if (s_kept is not { } kept)
                return;

            Console.SetOut(kept.Out);
            Console.SetError(kept.Error);
            (s_kept, Others) = (null, null);
        }
    }
}
