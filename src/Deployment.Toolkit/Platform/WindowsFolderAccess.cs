using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// Who may enter a folder on Windows: the user, the administrators and the system, who inherit it to all that is in it; nobody else.
/// </summary>
/// <remarks>
/// No test runs this: the suite runs on Linux (docs/security.md says so). It is kept small and by itself so that it can be judged by
/// reading. Not done here, as on Unix: a folder that another user owns is left as it is, not refused.
/// </remarks>
[SupportedOSPlatform("windows")]
internal static class WindowsFolderAccess
{
    /// <summary>Makes a folder that nobody else could ever enter: its list is there from the start.</summary>
    internal static void Create(string folder)
    {
        using var identity = WindowsIdentity.GetCurrent();
        if (identity.User is { } user)
            ListOf(user).CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder);
    }

    /// <summary>
    /// Closes a folder of this user's that inherits its list. One whose list somebody has cut off from above is as they want it.
    /// </summary>
    internal static void Restrict(string folder)
    {
        var info = new DirectoryInfo(folder);
        using var identity = WindowsIdentity.GetCurrent();
        var access = info.GetAccessControl();
        if (
            access.AreAccessRulesProtected
            || identity.User is not { } user
            || access.GetOwner(typeof(SecurityIdentifier)) is not SecurityIdentifier owner
        )
            return;

        // What an administrator makes belongs to the group.
        if (owner == user || owner == Administrators)
            info.SetAccessControl(ListOf(user));
    }

    private static SecurityIdentifier Administrators => new(WellKnownSidType.BuiltinAdministratorsSid, null);

    private static DirectorySecurity ListOf(SecurityIdentifier user)
    {
        var list = new DirectorySecurity();
        list.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var allowed in (SecurityIdentifier[])[user, Administrators, new SecurityIdentifier(WellKnownSidType.LocalSystemSid, null)])
        {
            list.AddAccessRule(
                new FileSystemAccessRule(
                    allowed,
                    FileSystemRights.FullControl,
                    InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
                    PropagationFlags.None,
                    AccessControlType.Allow
                )
            );
        }

        return list;
    }
}
