namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// The moments between two things that a deployment does. Nothing listens in an app; the crash tests kill the process at each of
/// them, so that every moment that matters has a name and none has to be listed by hand.
/// </summary>
internal static class Boundary
{
    internal static Action<string>? Observer { get; set; }

    internal static void Reached(string moment) => Observer?.Invoke(moment);
}
