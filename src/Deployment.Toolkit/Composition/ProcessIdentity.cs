using System.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Composition;

/// <summary>Who this process is, for the lock's record.</summary>
internal static class ProcessIdentity
{
    // GitHub Actions, GitLab, Azure Pipelines, Jenkins, Bitbucket, CircleCI, Buildkite, TeamCity: on whose behalf a job runs. Anybody can
    // set them, so they stand beside the operating system's user, never in its place.
    private static readonly string[] CiVariables =
    [
        "GITHUB_ACTOR",
        "GITLAB_USER_LOGIN",
        "BUILD_REQUESTEDFOR",
        "BUILD_USER_ID",
        "BITBUCKET_STEP_TRIGGERER_UUID",
        "CIRCLE_USERNAME",
        "BUILDKITE_BUILD_CREATOR_EMAIL",
        "TEAMCITY_BUILD_TRIGGEREDBY_USERNAME",
    ];

    private const int Longest = 256;

    private static readonly Lazy<JournalHolder> Lazy = new(static () =>
    {
        using var process = Process.GetCurrentProcess();
        var variables = ProcessEnvironment.Pick(["SUDO_USER", .. CiVariables]);
        return new JournalHolder(
            System.Environment.UserName,
            System.Environment.MachineName,
            process.Id,
            new DateTimeOffset(process.StartTime.ToUniversalTime())
        )
        {
            SudoUser = variables.GetValueOrDefault("SUDO_USER") is { Length: > 0 } caller ? Bounded(caller) : null,
            CiIdentity = CiVariables
                .Where(name => variables.GetValueOrDefault(name) is { Length: > 0 })
                .Select(name => $"{name}={Bounded(variables[name])}")
                .FirstOrDefault(),
        };
    });

    internal static JournalHolder Current => Lazy.Value;

    private static string Bounded(string name) => name.Length > Longest ? name[..Longest] + "…" : name;
}
