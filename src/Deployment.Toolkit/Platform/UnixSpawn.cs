using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// Starts a program by posix_spawn. System.Diagnostics.Process can't put a child into its own process group, and putting it there
/// afterwards would leave a moment in which a crash orphans it.
/// </summary>
internal static unsafe class UnixSpawn
{
    private const int LastClassicSignal = 31,
        StopSignalOnLinux = 19,
        StopSignalElsewhere = 17;

    /// <summary>Starts the program as the leader of a new process group and returns its id.</summary>
    internal static int Start(string program, CommandLaunch launch, int? input, int output, int error)
    {
        var directory = launch.WorkingDirectory is { } given ? Path.GetFullPath(given) : null;
        List<string> arguments = [launch.FileName, .. launch.Arguments];
        try
        {
            return Start(launch.FileName, program, arguments, launch.Environment, directory, input, output, error);
        }
        catch (EntryPointNotFoundException) when (directory is not null)
        {
            // glibc before 2.29 (RHEL 8) can't change the folder between fork and exec. env adds no variable, as a shell would.
            return Start(
                launch.FileName,
                "/usr/bin/env",
                ThroughEnv(program, launch, directory),
                launch.Environment,
                null,
                input,
                output,
                error
            );
        }
    }

    internal static List<string> ThroughEnv(string program, CommandLaunch launch, string directory) =>
        ["env", "-C", directory, "--", program, .. launch.Arguments];

    private static int Start(
        string name,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string? directory,
        int? input,
        int output,
        int error
    )
    {
        using var argumentArray = new NativeStrings(arguments);
        using var environmentArray = new NativeStrings(environment.Select(static variable => $"{variable.Key}={variable.Value}"));
        // long, for the alignment of the pointers inside; stackalloc clears it.
        void* actions = stackalloc long[LibC.OpaqueSize / sizeof(long)];
        void* attributes = stackalloc long[LibC.OpaqueSize / sizeof(long)];
        Check(LibC.InitActions(actions), name);
        try
        {
            Check(LibC.InitAttributes(attributes), name);
            try
            {
                Check(input is { } pipe ? LibC.AddDuplicate(actions, pipe, 0) : LibC.AddOpen(actions, 0, "/dev/null", 0, 0), name);
                Check(LibC.AddDuplicate(actions, output, 1), name);
                Check(LibC.AddDuplicate(actions, error, 2), name);
                if (directory is not null)
                    Check(LibC.AddChangeDirectory(actions, directory), name);
                SetAttributes(attributes, name);

                int process;
                var failure = LibC.Spawn(&process, program, actions, attributes, argumentArray.Pointer, environmentArray.Pointer);
                return failure == 0 ? process : throw Refused(name, program, failure);
            }
            finally
            {
                _ = LibC.DestroyAttributes(attributes);
            }
        }
        finally
        {
            _ = LibC.DestroyActions(actions);
        }
    }

    // .NET ignores SIGPIPE, and what a process ignores its children ignore: `command | head` would never end.
    private static void SetAttributes(void* attributes, string name)
    {
        void* signals = stackalloc long[LibC.OpaqueSize / sizeof(long)];
        Check(LibC.SetFlags(attributes, LibC.SpawnFlags), name);
        Check(LibC.SetGroup(attributes, 0), name);
        _ = LibC.ClearSignals(signals);
        Check(LibC.SetSignalMask(attributes, signals), name);
        var stop = OperatingSystem.IsLinux() ? StopSignalOnLinux : StopSignalElsewhere;
        for (var signal = 1; signal <= LastClassicSignal; signal++)
        {
            if (signal != LibC.Kill && signal != stop)
                _ = LibC.AddSignal(signals, signal);
        }

        Check(LibC.SetDefaultSignals(attributes, signals), name);
    }

    private static void Check(int failure, string name)
    {
        if (failure != 0)
            throw new CommandNotStartedException($"The command '{name}' can't be started: {LibC.Describe(failure)}.");
    }

    private static CommandNotStartedException Refused(string name, string program, int failure) =>
        new(
            failure switch
            {
                LibC.NotAnExecutable =>
                    $"The command '{name}' can't be started: '{program}' is no program for this machine. A script needs a first line "
                        + $"like #!/bin/sh.",
                LibC.NoSuchFile =>
                    $"The command '{name}' can't be started: '{program}' is there, but the interpreter that its first line or header "
                        + $"names is not.",
                _ => $"The command '{name}' ('{program}') can't be started: {LibC.Describe(failure)}.",
            }
        );

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly List<nint> _strings = [];

        internal NativeStrings(IEnumerable<string> strings)
        {
            foreach (var text in strings)
                _strings.Add(Marshal.StringToCoTaskMemUTF8(text));
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_strings.Count + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < _strings.Count; i++)
                Pointer[i] = (byte*)_strings[i];
        }

        internal byte** Pointer { get; }

        public void Dispose()
        {
            NativeMemory.Free(Pointer);
            foreach (var text in _strings)
                Marshal.FreeCoTaskMem(text);
        }
    }
}
