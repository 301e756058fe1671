namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>One assignment, before anything in it is expanded. The place is that of its value.</summary>
internal readonly record struct DotEnvEntry(string Name, string Text, DotEnvQuote Quote, int Line, int Column);
