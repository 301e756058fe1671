using System.Runtime.CompilerServices;

namespace Deployment.Toolkit.Tests;

/// <summary>The user's folder of keys and roots is the process's; the tests of this assembly have one of their own.</summary>
internal static class OwnConfigFolder
{
    [ModuleInitializer]
    internal static void Use() => Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", Directory.CreateTempSubdirectory("dtk-config-").FullName);
}
