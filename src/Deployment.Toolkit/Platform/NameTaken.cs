namespace Deployment.Toolkit.Platform;

/// <summary>
/// Tells that a file could not be made because its name is taken. The system's own answer says so; another look would not, since whoever
/// had the name may have given it up in between.
/// </summary>
internal static class NameTaken
{
    private const int FileExists = unchecked((int)0x80070050);
    private const int AlreadyExists = unchecked((int)0x800700B7);

    internal static bool Is(IOException refused) =>
        OperatingSystem.IsWindows() ? refused.HResult is FileExists or AlreadyExists : refused.HResult == LibC.AlreadyThere;
}
