using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Notifications;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>The front door: lets a host deploy itself.</summary>
public static class DeploymentHostExtensions
{
    private const string VerbRunner = "Deployment.Toolkit.CommandLine.VerbRunner, Deployment.Toolkit.CommandLine";

    /// <summary>
    /// Adds the deployment to a host. It costs next to nothing while the app runs normally: services are made when a verb asks for them.
    /// Calling it again returns a builder over the same registrations.
    /// </summary>
    /// <param name="builder">The builder of a web application or generic host.</param>
    /// <returns>A builder to say the rest with.</returns>
    public static DeploymentBuilder AddDeployment(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // From here on the app may log and write; a script that asked for JSON must not find any of it in the result.
        if (StandardOutput.IsVerb(System.Environment.GetCommandLineArgs()) && Type.GetType(VerbRunner) is not null)
            StandardOutput.Reserve();
        var registrations = builder
            .Services.Select(static service => service.ImplementationInstance)
            .OfType<Registrations>()
            .FirstOrDefault();
        var deployment = new DeploymentBuilder(builder, registrations ?? new Registrations());
        if (registrations is null)
        {
            var registered = builder.Services;
            builder.Services.AddSingleton(deployment.Registrations);
            var model = new DeploymentModel(
                deployment.Registrations,
                type =>
                    [
                        .. registered
                            .Where(service => service.ServiceType == type && !service.IsKeyedService)
                            .Select(service => service.ImplementationType ?? service.ImplementationInstance?.GetType() ?? type),
                    ]
            );
            // Asked a second time for an instance that it was handed, the container compiles a way to it; to one that it made it has one.
            builder.Services.AddSingleton(_ => model);
            builder.Services.TryAddSingleton(static _ => TimeProvider.System);
            builder.Services.AddOptions();
            builder.Services.AddSingleton<IssuedSecrets>();
            builder.Services.AddSingleton(static services => new SecretRedactor(
                services.GetRequiredService<IConfiguration>(),
                services.GetRequiredService<IssuedSecrets>(),
                services.GetRequiredService<DeploymentModel>().IsSecret
            ));
            HealthServices.Add(builder.Services);
            builder.Services.AddSingleton(static services => new PromotionGates(
                services,
                services.GetRequiredService<DeploymentModel>().Gates,
                services.GetRequiredService<TimeProvider>(),
                MaskingLogger.Of<Deployer>(services),
                services.GetRequiredService<SecretRedactor>().Redact
            ));
            builder.Services.AddSingleton<DeploymentPartsFactory>();
            builder.Services.AddSingleton(static services => new Deployer(
                services.GetRequiredService<DeploymentPartsFactory>(),
                MaskingLogger.Of<Deployer>(services)
            ));
            builder.Services.AddSingleton(static services => new DeploymentPromotion(
                services.GetRequiredService<DeploymentPartsFactory>()
            ));
            builder.Services.AddSingleton(static services => new DeploymentHistory(services.GetRequiredService<DeploymentPartsFactory>()));
            builder.Services.AddSingleton(static services => new DeploymentEvidence(services.GetRequiredService<DeploymentPartsFactory>()));
            builder.Services.AddSingleton(static services => new DeploymentDatabase(services.GetRequiredService<DeploymentPartsFactory>()));
            builder.Services.AddSingleton(static services => SecretSources.Create(services));
            builder.Services.AddSingleton(static services => new SecretReading(
                services.GetRequiredService<SecretResolver>().Resolve,
                services.GetRequiredService<SecretResolver>().BeginPass,
                services.GetRequiredService<IssuedSecrets>().Add,
                () => services.GetRequiredService<SecretResolver>().AskingSource
            ));
            builder.Services.AddSingleton(static services => new ConfigurationStore(
                services.GetRequiredService<DeploymentModel>().Options,
                services.GetRequiredService<IConfiguration>(),
                () => services.GetRequiredService<DeploymentModel>().Environments,
                services.GetRequiredService<IHostEnvironment>(),
                services,
                services.GetRequiredService<SecretReading>(),
                services.GetRequiredService<TimeProvider>(),
                MaskingLogger.Of<ConfigurationStore>(services),
                services.GetRequiredService<SecretRedactor>().Redact
            ));
            builder.Services.AddSingleton(static services =>
            {
                var known = services.GetRequiredService<DeploymentModel>();
                var owned = known.Options;
                var secrecy = new ConfigurationSecrecy(owned, known.Secrets, services.GetRequiredService<SecretRedactor>().Redact);
                return new ConfigurationRecorder(
                    services.GetRequiredService<IConfiguration>(),
                    new EffectiveValues(owned, secrecy),
                    services.GetRequiredService<SecretReading>()
                );
            });
            builder.Services.AddSingleton<LedgerCache>();
            builder.Services.AddSingleton(static services =>
            {
                var factory = services.GetRequiredService<DeploymentPartsFactory>();
                return new LedgerReader(factory.ReadLedgerAsync, () => factory.Environment);
            });
            builder.Services.AddSingleton<SecretsDue>();
            builder.Services.AddSingleton<ConfigurationStates>();
            builder.Services.AddSingleton(static services => new ConfigurationInspector(
                services.GetRequiredService<DeploymentPartsFactory>(),
                services.GetRequiredService<IConfiguration>(),
                services.GetRequiredService<ConfigurationRecorder>(),
                services.GetRequiredService<ConfigurationStates>()
            ));
            IsolationServices.Add(builder.Services);
            builder.Services.AddScoped<ScopeSnapshot>();
            builder.Services.AddSingleton(static services => new ConfigurationState(services.GetRequiredService<ConfigurationStore>()));
            // Hosted services are made in the order of their registration: nobody's constructor runs before the report.
            builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(static services => DeploymentStartCheck.Run(services)));
            builder.Services.AddSingleton<IHostedService>(SecretsWatch.Create);
            builder.Services.AddSingleton<IHostedService>(static services => new NoticeWatch(
                () =>
                    services.GetRequiredService<DeploymentModel>().Registrations.Of<List<ObserverRegistration>>().Count > 0
                    && services.GetRequiredService<DeploymentPartsFactory>() is var factory
                        ? factory.NoticesOf(factory.Environment)
                        : null,
                services.GetRequiredService<TimeProvider>()
            ));
            builder.Services.AddSingleton<IHostedService>(static services => new ReleaseMeter(
                services.GetRequiredService<DeploymentPartsFactory>()
            ));
            builder.Services.AddHostedService<HotfixMeter>();
            builder.Services.AddSingleton(static services => new DeploymentNotifications(
                services.GetRequiredService<DeploymentPartsFactory>()
            ));
            builder.Services.AddSingleton(static services => services.GetRequiredService<DeploymentPartsFactory>().SealedSecrets);
            deployment.Registrations.Follow<DeclaredEnvironments>(() => ConfigurationLayers.Apply(deployment));
            ConfigurationHealthCheck.FollowOptions(deployment);
            SecretsDueCheck.FollowSealedSecrets(deployment);
            ConfigurationLayers.Apply(deployment);
        }

        return deployment;
    }
}
