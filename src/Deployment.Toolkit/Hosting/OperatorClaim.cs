using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Hosting;

/// <summary>The name that somebody gives for themselves. Nothing proves it, so it never stands without saying so.</summary>
internal static class OperatorClaim
{
    private const int Longest = 128;

    /// <summary>Why a name can't be taken; <see langword="null"/> when it can.</summary>
    /// <remarks>It is shown in one line with what the operating system says: no name may look like more of that.</remarks>
    internal static string? FaultOf(string name) =>
        name.Length <= Longest
        && name.AsSpan().Trim().Length == name.Length
        && name.Length > 0
        && name.All(static c => char.IsLetterOrDigit(c) || c is ' ' or '.' or '-' or '_' or '@' or '+')
            ? null
            : $"holds something else than letters, digits, blanks between them, '.', '-', '_', '@' and '+', or is empty or longer than "
                + $"{Longest} characters";

    /// <exception cref="DeploymentException">The name can't be taken.</exception>
    internal static string? Checked(string? name) =>
        name is null || FaultOf(name) is not { } fault
            ? name
            : throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                $"The name of whoever deploys (DeploymentRequest.ClaimedOperator) {fault}. Nothing was begun. Give a plain name."
            );
}
