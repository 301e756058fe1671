using System.Collections.Frozen;

namespace Deployment.Toolkit.Platform;

/// <summary>An external command: a program and its arguments as they are, never a line for a shell.</summary>
/// <param name="FileName">
/// A name without a slash is looked for on this process's PATH; a relative path starts at <see cref="WorkingDirectory"/>.
/// </param>
/// <param name="Arguments">Each reaches the program as one argument, whatever blanks and quotes it holds.</param>
internal sealed record CommandLaunch(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Where the command runs; this process's working directory when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What the command reads, to its end; nothing where it is <see langword="null"/>. The caller closes it.</summary>
    public Stream? Input { get; init; }

    /// <summary>
    /// Where standard output goes byte by byte; among the lines where it is <see langword="null"/>. The caller closes it.
    /// </summary>
    public Stream? Output { get; init; }

    /// <summary>All variables that the command gets; nothing is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = FrozenDictionary<string, string>.Empty;
}

/// <summary>Names a started command's process group so that a later process still recognises it.</summary>
/// <param name="GroupId">The id of the process group, which is the leader's process id. On Windows the process id.</param>
/// <param name="StartToken">
/// Tells the group from a later one with the same id. Linux: the leader's start time and session, the pid namespace and the boot id;
/// elsewhere the leader's start time in ticks.
/// </param>
internal readonly record struct CommandIdentity(int GroupId, string StartToken);

/// <summary>The command never ran: its program isn't there, can't be executed, or was refused by the operating system.</summary>
internal sealed class CommandNotStartedException(string message) : Exception(message);
